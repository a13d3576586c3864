import type { PermissionRow } from '#lib/model/access-view.ts';

/** Permissions about one kind of thing. */
export interface PermissionGroup {
  /** `alert-rules`, as permissions name it. */
  noun: string;
  /** `Alert rules`. */
  title: string;
  permissions: PermissionRow[];
}

/** What these permissions are about is not there while its feature flag is off. */
const BEHIND_FLAG: Readonly<Record<string, string>> = {
  clusters: 'deployment_automation',
  deployments: 'deployment_automation',
  registries: 'deployment_automation',
  repositories: 'deployment_automation',
  workloads: 'deployment_automation',
};

/** The permissions by what they are about, in the order of the table. */
export function groupPermissions(rows: readonly PermissionRow[]): PermissionGroup[] {
  const groups = Map.groupBy(rows, ({ permission }) => permission.split(':')[0] ?? '');
  return [...groups].map(([noun, permissions]) => {
    const words = noun.replaceAll('-', ' ').replace(/^api /, 'API ');
    const title = words.charAt(0).toUpperCase() + words.slice(1);
    const flag = BEHIND_FLAG[noun];
    return { noun, title: flag ? `${title} (while ${flag} is on)` : title, permissions };
  });
}

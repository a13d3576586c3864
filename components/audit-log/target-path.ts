import { paths } from '#lib/model/paths.ts';

/** Pages of single things, by the kind that rows of the audit log give them. */
const PAGES: Readonly<Record<string, (id: string) => string>> = {
  agent: (id) => paths.agent(id),
  alert: (id) => paths.alert(id),
  'alert-route': (id) => paths.alertRoute(id),
  'alert-rule': (id) => paths.alertRule(id),
  'escalation-policy': (id) => paths.policy(id),
  'maintenance-window': (id) => paths.maintenanceWindow(id),
  'notification-channel': (id) => paths.notificationChannel(id),
  schedule: (id) => paths.schedule(id),
  silence: (id) => paths.silence(id),
};

/** Where that can be seen which a row speaks of; null for what has no page, or is gone. */
export function targetPath(row: {
  targetKind: string;
  targetId: string;
  targetExists: boolean;
}): string | null {
  return row.targetExists && Object.hasOwn(PAGES, row.targetKind)
    ? (PAGES[row.targetKind]?.(row.targetId) ?? null)
    : null;
}

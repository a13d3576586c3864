import type { Reader } from '#db/client.ts';
import type { HeldGroup } from '#lib/model/identity-provider.ts';
import { readMappings } from './apply-group-roles.ts';
import { rolesOfGroups } from './role-of-groups.ts';

/** Whether somebody with these groups would get any role, so that nobody is registered who could do nothing. */
export async function givesRole(
  db: Reader,
  groups: readonly HeldGroup[],
  defaultRole: string | null,
): Promise<boolean> {
  if (defaultRole !== null) return true;
  const { globalRole, teams } = rolesOfGroups(await readMappings(db), groups, null);
  return globalRole !== null || teams.size > 0;
}

import type { Reader } from '#db/client.ts';
import { readMappings } from './apply-group-roles.ts';

/** Whether somebody with these groups would get any role, so that nobody is registered who could do nothing. */
export async function givesRole(
  db: Reader,
  groups: readonly string[],
  defaultRole: string | null,
): Promise<boolean> {
  if (defaultRole !== null) return true;
  const held = new Set(groups);
  return (await readMappings(db)).some(({ group }) => held.has(group));
}

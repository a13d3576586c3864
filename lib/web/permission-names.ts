import { PERMISSION_NAMES } from '#lib/access/permission-words.ts';

/** What the role editor calls permissions, by their ids, for pages that show records of them. */
export function permissionNames(): ReadonlyMap<string, string> {
  return PERMISSION_NAMES;
}

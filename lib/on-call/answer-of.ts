import type { Grants } from '#lib/access/grants.ts';

/** Whether somebody who is told of alerts of a team may acknowledge them, and by which roles. */
export function answerOf(
  teamId: string,
  grants: Grants | undefined,
): { mayAcknowledge: boolean; role: string } {
  return {
    mayAcknowledge: grants?.permissionsIn(teamId).has('alerts:acknowledge') ?? false,
    role: grants?.labelIn(teamId) ?? '',
  };
}

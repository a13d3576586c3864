import { eq } from 'drizzle-orm';
import { users } from '#db/schema/members.ts';
import { reassignAlerts } from '#lib/alerts/take-alerts.ts';
import { defineCommand } from '#lib/command/define-command.ts';
import { AppError } from '#lib/kernel/errors.ts';
import { reassignSchema } from '#lib/model/alert-response.ts';
import { pagePeople } from '#lib/on-call/page-people.ts';
import { readTeamPeople } from '#lib/on-call/team-people.ts';
import { onlyOne, refuseOver, settle, takingOf } from './respond-to-alerts.ts';

/**
 * Hands an alert to somebody of the team. They are paged by their own rules instead of the policy; a snooze is over
 * (alerting S78).
 *
 * @throws AppError `not_found`, `conflict` for an alert that is over, `invalid` for somebody who is not in the team
 */
export const reassignAlert = defineCommand({
  name: 'alerts.reassign',
  permission: 'alerts:assign',
  input: reassignSchema,
  audit: { action: 'alert.reassign', target: 'alert' },
  async run(args) {
    const { input, actor, tx } = args;
    const [person] = await readTeamPeople(tx, [actor.teamId], eq(users.id, input.userId));
    if (!person)
      throw new AppError('invalid', 'Some values are not valid.', {
        issues: [{ path: 'userId', message: 'This person is not in the team.' }],
      });
    const taking = await takingOf(args, [input.id]);
    const taken = await reassignAlerts(tx, taking, person);
    const result = onlyOne(taken);
    refuseOver(taken);
    await settle(args, taken, 'reassigned', taking.at);
    const requests = taken.changed.map(({ alert: { id, teamId, severity, version } }) => ({
      teamId,
      alertId: id,
      severity,
      userIds: [input.userId],
      cause: `reassigned:${version}`,
    }));
    await pagePeople(tx, requests, taking.at);
    const { via, note } = taking;
    return { result, targetId: result.id, after: { assignee: person.name, via, note } };
  },
});

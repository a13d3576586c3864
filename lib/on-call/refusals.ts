import type { Tx } from '#db/client.ts';
import { isTaken } from '#db/taken.ts';
import { AppError } from '#lib/kernel/errors.ts';
import { readTeamPeople } from './team-people.ts';

export const noSuchSchedule = () => new AppError('not_found', 'There is no such schedule.');
export const noSuchPolicy = () => new AppError('not_found', 'There is no such escalation policy.');

/** Turns "the name is taken" into a conflict; any other error stays what it is. */
export function explainTakenName(error: unknown, name: string): unknown {
  return isTaken(error) ? new AppError('conflict', `There already is one with the name ${name}.`) : error;
}

/** @throws AppError `conflict` when it changed since the person saw it */
export function refuseStale(name: string, updatedAt: Date, ifUpdatedAt: number | undefined): void {
  if (ifUpdatedAt === undefined || updatedAt.getTime() === ifUpdatedAt) return;
  throw new AppError('conflict', `${name} was changed by somebody else. Reload to see the change.`);
}

/** @throws AppError `invalid` when one of them is not in the team */
export async function requirePresent(
  tx: Tx,
  teamId: string,
  ids: readonly (string | null)[],
  path: string,
): Promise<void> {
  const wanted = ids.filter((id): id is string => id !== null);
  if (wanted.length === 0) return;
  const present = new Set((await readTeamPeople(tx, [teamId])).map(({ userId }) => userId));
  if (wanted.every((id) => present.has(id))) return;
  const issues = [{ path, message: 'Names somebody who is not in the team.' }];
  throw new AppError('invalid', 'Some values are not valid.', { issues });
}

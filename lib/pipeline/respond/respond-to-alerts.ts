import { databaseNow } from '#db/now.ts';
import type { Actor } from '#lib/access/actor.ts';
import type { Taken, Taking } from '#lib/alerts/take-alerts.ts';
import type { CommandArgs } from '#lib/command/define-command.ts';
import { AppError } from '#lib/kernel/errors.ts';
import { tellPageEnds } from '#lib/notifications/tell-page-ends.ts';
import { stopEscalations } from '#lib/on-call/stop-escalation.ts';
import { alertEvents } from '#lib/pipeline/raise/announce-alerts.ts';

/** What every response brings. */
interface Response {
  via?: string;
  note?: string;
}

interface Responding extends Pick<CommandArgs<unknown>, 'actor' | 'tx' | 'announce'> {
  input: Response;
}

const doorOf = (actor: Actor): string =>
  actor.kind === 'key' ? 'api' : actor.kind === 'user' ? 'web' : actor.name;

/**
 * A tap counts for whoever made it.
 *
 * @throws AppError `conflict` while somebody else is signed in where it waited
 */
export function requireOwnTap(actor: Actor, tappedBy: string | undefined): void {
  if (tappedBy === undefined || (actor.kind === 'user' && actor.userId === tappedBy)) return;
  throw new AppError('conflict', 'Somebody else is signed in here now: a tap counts for whoever made it.');
}

/** Somebody's act on alerts, at the database's now. */
export async function takingOf({ actor, tx, input }: Responding, ids: readonly string[]): Promise<Taking> {
  const at = await databaseNow(tx);
  return { actor, ids, via: input.via ?? doorOf(actor), note: input.note ?? '', at };
}

/** Stops what would still page people of alerts that somebody took, in the same transaction (alerting S74). */
export async function settle(
  { tx, announce }: Pick<Responding, 'tx' | 'announce'>,
  { changed }: Taken,
  reason: string,
  at: Date,
): Promise<void> {
  await stopEscalations(
    tx,
    changed.map(({ alertId }) => alertId),
    reason,
    at,
  );
  const over = changed.filter(({ change }) => change === 'resolved').map(({ alertId }) => alertId);
  await tellPageEnds(tx, over);
  for (const event of alertEvents(changed, at)) announce(event);
}

/** The one alert that an act was about; `not_found` where the team has none. */
export function onlyOne({ changed, repeated, late }: Taken): { id: string; status: string; version: number } {
  const [alert] = [...changed.map((one) => one.alert), ...repeated, ...late];
  if (!alert) throw new AppError('not_found', 'There is no such alert.');
  const { id, status, version } = alert;
  return { id, status, version };
}

/** @throws AppError `conflict` for an alert that is over */
export function refuseOver({ late }: Taken): void {
  if (late.length > 0) throw new AppError('conflict', 'This alert is resolved already.');
}

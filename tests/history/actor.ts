import { setTimeout as wait } from 'node:timers/promises';
import type { Chance } from './chance.ts';
import type { Doors } from './doors.ts';
import type { Caused } from './history.ts';
import type { Mailbox } from './mailbox.ts';

export interface ActorPlan {
  /** Alert name and title of everything that it lets fire. */
  key: string;
  /**
   * A patient one goes on when its receivers were told, so that each of its transitions must be; the others go on
   * after moments, so that transitions overtake messages.
   */
  patient: boolean;
  /** A rule finds out over telemetry when it fires and ends: only patient ones can be held to what was told. */
  fed: boolean;
  chance: Chance;
}

export interface Deeds {
  caused: Caused[];
  acknowledged: { alertId: string; atMs: number }[];
}

/** Longest wait of a patient actor: what was not told by then is lost. */
export const TOLD_WITHIN_MS = 130_000;

/** Waits until the occurrence that began last was told and paged; answers with its id. */
async function toldOf(mailbox: Mailbox, key: string, known: string | undefined): Promise<string | undefined> {
  return mailbox.wait(() => {
    const id = mailbox.newest(key);
    const isNew = id !== undefined && id !== known;
    return isNew && mailbox.has('channel', 'firing', id) && mailbox.has('pager', 'firing', id) && id;
  }, TOLD_WITHIN_MS);
}

/**
 * Lets one alert fire and end again and again until it is told to stop, sometimes acknowledging it as whoever got
 * the page would. Its decisions come from its stream alone, so a seed repeats them.
 */
export async function act(plan: ActorPlan, doors: Doors, mailbox: Mailbox, deeds: Deeds, stop: AbortSignal) {
  const { key, patient, fed, chance } = plan;
  let known: string | undefined;
  while (!stop.aborted) {
    await wait(chance.between(100, 2000));
    const [acknowledges, ends] = [chance.happens(0.5), chance.happens(0.9)];
    const [hold, before] = [chance.between(0, 1500), chance.between(0, 1500)];
    const startsAt = new Date();
    const caused: Caused = { key, firedAtMs: await doors.fire(key, startsAt), endedAtMs: null };
    deeds.caused.push(caused);
    const alertId = patient
      ? await toldOf(mailbox, key, known)
      : await wait(hold).then(() => (mailbox.newest(key) === known ? undefined : mailbox.newest(key)));
    known = mailbox.newest(key);
    if (acknowledges && alertId !== undefined) {
      await wait(hold);
      deeds.acknowledged.push({ alertId, atMs: await doors.acknowledge(alertId) });
    }
    await wait(before);
    // Some are left firing when the time is over.
    if (stop.aborted && !ends) return;
    caused.endedAtMs = await doors.end(key, startsAt);
    if (!patient || alertId === undefined) continue;
    const told = await mailbox.wait(() => mailbox.first('channel', 'resolved', alertId), TOLD_WITHIN_MS);
    // When the rule saw the end is known from what it had told.
    if (fed && told) caused.endedAtMs = told.atMs;
  }
}

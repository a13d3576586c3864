/**
 * Push and the phone: the service worker's other half in the page. Acknowledgements that were tapped here go
 * through the same outbox as those of notifications (public/sw.js), so that whichever of the two has a connection
 * first sends them (alerting S100).
 *
 * This file sends what the outbox holds: each tap is kept until the server has answered.
 */

import { type AlertStatus, BULK_MOST } from '#lib/model/alert.ts';
import { paths } from '#lib/model/paths.ts';
import type { SecondAnswer } from './settled-words.ts';
import type { KeptAcknowledgement } from './tap.ts';
import { forgetTap, keepTap, keptAcknowledgements } from './tap-store.ts';

/** One sender at a time for an alert, over this page, its neighbours and the worker. */
function alone<T>(alertId: string, work: () => Promise<T>): Promise<T> {
  // Browsers lend locks to safe origins only; there is no worker on others.
  return navigator.locks ? navigator.locks.request(`acknowledge:${alertId}`, work) : work();
}

/**
 * What became of an acknowledgement. `later`: it is kept and sent again; `unkept`: for as long as this page is open.
 * `someone-else`: one that waited is kept until whoever tapped is signed in again, one that was tapped just now is not.
 */
export type AckOutcome = 'acknowledged' | 'signed-out' | 'refused' | 'later' | 'unkept' | 'someone-else';

const OUTCOMES: Readonly<Record<number, AckOutcome>> = {
  401: 'signed-out',
  408: 'later',
  409: 'someone-else',
  429: 'later',
};

function outcomeOf({ ok, status }: Response): AckOutcome {
  if (ok) return 'acknowledged';
  return OUTCOMES[status] ?? (status >= 500 ? 'later' : 'refused');
}

/** @param read takes from a good answer what became of it */
async function post(
  url: string,
  body: Readonly<Record<string, unknown>>,
  read: (answer: unknown) => AckOutcome,
): Promise<AckOutcome> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      keepalive: true,
      signal: AbortSignal.timeout(15_000),
    });
    return response.ok ? read(await response.json()) : outcomeOf(response);
  } catch {
    return 'later';
  }
}

async function attempt(
  entry: KeptAcknowledgement,
  second: (answer: SecondAnswer) => void,
): Promise<AckOutcome> {
  const { alertId, via, personId } = entry;
  const url = paths.api.acknowledgeAlert(alertId);
  const outcome = await post(url, { via, tappedBy: personId }, (answer) => {
    const { status, settled } = answer as SecondAnswer | { status: AlertStatus; settled: null };
    if (settled !== null) second({ status, settled });
    return 'acknowledged';
  });
  if (outcome === 'acknowledged' || outcome === 'refused') await forgetTap(entry);
  return outcome;
}

/** What is told of taps: what became of them, and of one that came second who was first. */
export interface OutboxListener {
  settled(alertIds: readonly string[], outcome: AckOutcome): void;
  second(answer: SecondAnswer): void;
}

/** Where the team has none of them, nothing was done. */
function outcomeOfMany(answer: unknown): AckOutcome {
  const { changed, unchanged } = answer as { changed: number; unchanged: number };
  return changed + unchanged > 0 ? 'acknowledged' : 'refused';
}

async function attemptMany(entries: readonly [KeptAcknowledgement, ...KeptAcknowledgement[]]) {
  const [first] = entries;
  const ids = entries.map(({ alertId }) => alertId);
  const body = { ids, action: 'acknowledge', via: first.via, tappedBy: first.personId };
  const outcome = await post(paths.api.alertsInBulk(first.alertId), body, outcomeOfMany);
  if (outcome === 'acknowledged' || outcome === 'refused') await Promise.all(entries.map(forgetTap));
  return outcome;
}

/**
 * Keeps taps, then sends them, several as one and as many at once as the server takes; what could not be sent stays
 * kept.
 */
export async function acknowledgeThroughOutbox(
  entries: readonly KeptAcknowledgement[],
  { settled, second }: OutboxListener,
): Promise<void> {
  const written = await Promise.all(entries.map(keepTap));
  const isKept = written.every(Boolean);
  for (let from = 0; from < entries.length; from += BULK_MOST) {
    const [first, ...rest] = entries.slice(from, from + BULK_MOST);
    if (!first) return;
    const outcome =
      rest.length === 0
        ? await alone(first.alertId, () => attempt(first, second))
        : await attemptMany([first, ...rest]);
    const part = [first, ...rest];
    // Whoever is signed in now did not ask for it, and nobody else is known to have.
    if (outcome === 'someone-else') await Promise.all(part.map(forgetTap));
    settled(
      part.map(({ alertId }) => alertId),
      outcome === 'later' && !isKept ? 'unkept' : outcome,
    );
  }
}

/** Sends what waits of a person, one alert after the other. */
export async function replayOutbox(personId: string, { settled, second }: OutboxListener): Promise<void> {
  for (const entry of await keptAcknowledgements(personId)) {
    await alone(entry.alertId, async () => {
      const isKept = (await keptAcknowledgements(personId)).some(({ alertId }) => alertId === entry.alertId);
      if (isKept) settled([entry.alertId], await attempt(entry, second));
    });
  }
}

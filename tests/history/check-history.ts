import type { Bounds, Caused, History, Message, StoredAlert, Verdict, Violation } from './history.ts';

/** A stretch of firing with everything that is known of it. */
interface Occurrence extends Caused, StoredAlert {
  acknowledgedAtMs: number | null;
}

const at = (ms: number): string => new Date(ms).toISOString().slice(11, 23);

/** The nth stretch that was caused is the nth alert of its key that was stored, and there are no others. */
function match(history: History): { occurrences: Occurrence[]; violations: Violation[] } {
  const occurrences: Occurrence[] = [];
  const violations: Violation[] = [];
  const acknowledged = new Map(history.acknowledged.map(({ alertId, atMs }) => [alertId, atMs]));
  const stored = Map.groupBy(history.stored, ({ key }) => key);
  const caused = Map.groupBy(history.caused, ({ key }) => key);
  for (const key of new Set([...stored.keys(), ...caused.keys()])) {
    const [was, is] = [caused.get(key) ?? [], stored.get(key) ?? []];
    if (was.length !== is.length) {
      const kind = is.length < was.length ? 'lost' : 'doubled';
      violations.push({ kind, text: `${key} fired ${was.length} times and is stored ${is.length} times` });
      continue;
    }
    for (const [i, one] of was.entries()) {
      const alert = is[i];
      if (alert)
        occurrences.push({ ...one, ...alert, acknowledgedAtMs: acknowledged.get(alert.alertId) ?? null });
    }
  }
  return { occurrences, violations };
}

function wrongState({ alertId, key, status, endedAtMs, acknowledgedAtMs }: Occurrence): Violation[] {
  const wanted = endedAtMs !== null ? 'resolved' : acknowledgedAtMs !== null ? 'acknowledged' : 'active';
  if (status === wanted) return [];
  return [{ kind: 'state', text: `${key} (${alertId}) is ${status}, it should be ${wanted}` }];
}

/** Messages by what they tell of whom: one index for all questions. */
class Told {
  readonly #by: Map<string, Message[]>;

  constructor(messages: readonly Message[]) {
    const lines = messages.flatMap((message) => [
      ...message.firing.map((id) => ({ key: `${message.receiver} firing ${id}`, message })),
      ...message.resolved.map((id) => ({ key: `${message.receiver} resolved ${id}`, message })),
    ]);
    const groups = Map.groupBy(lines, ({ key }) => key);
    this.#by = new Map([...groups].map(([key, own]) => [key, own.map(({ message }) => message)]));
  }

  of(receiver: Message['receiver'], what: 'firing' | 'resolved', alertId: string): Message[] {
    return this.#by.get(`${receiver} ${what} ${alertId}`) ?? [];
  }
}

function lost(one: Occurrence, told: Told, { watchedUntilMs }: History, bounds: Bounds): Violation[] {
  const { alertId, key, firedAtMs, endedAtMs, acknowledgedAtMs } = one;
  const until = Math.min(endedAtMs ?? watchedUntilMs, acknowledgedAtMs ?? watchedUntilMs);
  const isDue = until - firedAtMs >= bounds.toldWithinMs;
  const found: string[] = [];
  const firing = told.of('channel', 'firing', alertId);
  if (isDue && firing.length === 0) found.push('was never told as firing');
  if (isDue && told.of('pager', 'firing', alertId).length === 0) found.push('paged nobody');
  if (firing.length > 0 && endedAtMs !== null && told.of('channel', 'resolved', alertId).length === 0)
    found.push(`ended at ${at(endedAtMs)} and nobody was told`);
  return found.map((what) => ({
    kind: 'lost',
    text: `${key} (${alertId}), fired at ${at(firedAtMs)}, ${what}`,
  }));
}

/** Who was told that it is over must not be told afterwards that it fires. */
function disordered({ alertId, key }: Occurrence, told: Told): Violation[] {
  const end = told.of('channel', 'resolved', alertId)[0];
  const stale = told
    .of('channel', 'firing', alertId)
    .find(({ atMs }) => end !== undefined && atMs > end.atMs);
  if (!stale || !end) return [];
  const text = `${key} (${alertId}) was told as firing at ${at(stale.atMs)}, after its end at ${at(end.atMs)}`;
  return [{ kind: 'order', text }];
}

/** Messages that told somebody what the same receiver had been told already. */
function duplicatesOf(one: Occurrence, told: Told, { stepMs }: Bounds): Message[] {
  const repeated = (['firing', 'resolved'] as const).flatMap((what) =>
    told.of('channel', what, one.alertId).slice(1),
  );
  const pages = told.of('pager', 'firing', one.alertId);
  const crowded = pages.filter((page, i) => {
    const before = pages[i - 1];
    return before !== undefined && (before.id === page.id || page.atMs - before.atMs < stepMs);
  });
  return [...repeated, ...crowded];
}

/** A page is late when nobody needs to look for any of its alerts any more. */
function latePages(history: History, occurrences: ReadonlyMap<string, Occurrence>, { cycleMs }: Bounds) {
  return history.messages.flatMap((message): Violation[] => {
    if (message.receiver !== 'pager' || message.firing.length === 0) return [];
    const taken = message.firing.map((id) => {
      const one = occurrences.get(id);
      return Math.min(one?.acknowledgedAtMs ?? Infinity, one?.endedAtMs ?? Infinity);
    });
    const over = Math.max(...taken);
    if (message.atMs <= over + cycleMs) return [];
    const key = occurrences.get(message.firing[0] ?? '')?.key;
    const text = `${key} (${message.firing.join()}) paged at ${at(message.atMs)}, taken at ${at(over)}`;
    return [{ kind: 'late_page', text }];
  });
}

/**
 * Holds what receivers were told against what happened: every transition that lasted is told, nothing twice more
 * often than processes were killed, firing before resolved, and no page once somebody has the alert.
 */
export function checkHistory(history: History, bounds: Bounds): Verdict {
  const { occurrences, violations } = match(history);
  const told = new Told(history.messages);
  for (const one of occurrences) {
    violations.push(...wrongState(one), ...lost(one, told, history, bounds), ...disordered(one, told));
  }
  const byId = new Map(occurrences.map((one) => [one.alertId, one]));
  violations.push(...latePages(history, byId, bounds));
  const doubles = new Set(occurrences.flatMap((one) => duplicatesOf(one, told, bounds)));
  if (doubles.size > history.kills.length) {
    const some = [...doubles].slice(0, 5).map(({ receiver, id, atMs }) => `${receiver} ${id} at ${at(atMs)}`);
    const text = `${doubles.size} duplicates after ${history.kills.length} kills: ${some.join(', ')}`;
    violations.push({ kind: 'doubled', text });
  }
  return {
    violations,
    transitions: history.caused.length + history.caused.filter(({ endedAtMs }) => endedAtMs !== null).length,
    told: history.messages.filter(({ receiver }) => receiver === 'channel').length,
    pages: history.messages.filter(({ receiver }) => receiver === 'pager').length,
    duplicates: doubles.size,
    kills: history.kills.length,
  };
}

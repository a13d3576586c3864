import type { ChannelKind } from '#lib/model/alert.ts';
import { NOTIFICATION_PRIORITY } from '#lib/model/notification.ts';

/** At most `count` messages in any `periodMs` milliseconds. */
interface RateLimit {
  count: number;
  periodMs: number;
}

/** A message that waits to go to the destination. `queuedAt` in Unix milliseconds. */
export interface WaitingMessage {
  id: string;
  priority: number;
  queuedAt: number;
}

interface RatePlan {
  /** Messages to send now, in order; each takes the ones it is sent with along as one message. */
  send: { lead: string; bundled: string[] }[];
  /** What has to wait, and the Unix milliseconds at which it is worth looking again; null when nothing waits. */
  held: string[];
  resumeAt: number | null;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** Gateways of a person may be telephones: these are the limits that GoAlert has for text messages (alerting S86). */
const TELEPHONE_LIMITS: readonly RateLimit[] = [
  { count: 1, periodMs: MINUTE_MS },
  { count: 5, periodMs: 15 * MINUTE_MS },
  { count: 11, periodMs: HOUR_MS },
  { count: 21, periodMs: 3 * HOUR_MS },
];

/** What one destination of a person takes; channels of a team are limited by grouping instead. */
export function personalLimits(kind: ChannelKind): readonly RateLimit[] {
  return kind === 'webhook' ? TELEPHONE_LIMITS : [{ count: 1, periodMs: MINUTE_MS }];
}

/** When there is room for one more message, and how many fit now. `sentAt` in ascending order. */
function roomOf(sentAt: readonly number[], limits: readonly RateLimit[], now: number) {
  let room = Number.POSITIVE_INFINITY;
  let freeAt = now;
  for (const { count, periodMs } of limits) {
    const within = sentAt.filter((at) => at > now - periodMs);
    room = Math.min(room, Math.max(0, count - within.length));
    const blocking = within[within.length - count];
    if (blocking !== undefined) freeAt = Math.max(freeAt, blocking + periodMs);
  }
  return { room, freeAt };
}

function byUrgency(a: WaitingMessage, b: WaitingMessage): number {
  return a.priority - b.priority || a.queuedAt - b.queuedAt || (a.id < b.id ? -1 : 1);
}

/**
 * Decides what may go to one destination now (alerting S86). Nothing is ever dropped: what exceeds the limits
 * goes along with the last message that fits, or waits and is bundled then. The first page of an alert stands
 * before everything else, and is not held back by messages that were no first pages: one goes at once.
 *
 * @param sent when messages went to the destination in the longest period of the limits, Unix milliseconds,
 *   and their priorities
 */
export function planRate(
  waiting: readonly WaitingMessage[],
  sent: readonly { at: number; priority: number }[],
  limits: readonly RateLimit[],
  now: number,
): RatePlan {
  const queue = waiting.toSorted(byUrgency);
  if (queue.length === 0) return { send: [], held: [], resumeAt: null };
  const isFirst = ({ priority }: { priority: number }) => priority <= NOTIFICATION_PRIORITY.firstPage;
  const times = (of: typeof sent) => of.map(({ at }) => at).toSorted((a, b) => a - b);
  const { room, freeAt } = roomOf(times(sent), limits, now);
  const urgent = queue.some(isFirst) && roomOf(times(sent.filter(isFirst)), limits, now).room > 0;
  const fits = Math.max(room, urgent ? 1 : 0);
  if (fits === 0) return { send: [], held: queue.map(({ id }) => id), resumeAt: freeAt };
  const ids = queue.map(({ id }) => id);
  const leads = ids.slice(0, fits).map((lead) => ({ lead, bundled: [] as string[] }));
  leads.at(-1)?.bundled.push(...ids.slice(fits));
  return { send: leads, held: [], resumeAt: null };
}

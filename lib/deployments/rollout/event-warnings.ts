import { cutText } from '#lib/model/cut-text.ts';
import { fieldAt, numberAt, textAt, timeAt } from '#lib/model/json-fields.ts';
import type { RolloutWarning } from '#lib/model/rollout.ts';
import type { ClusterObject } from '#lib/ports/cluster/port.ts';

/** When an event was last seen; its two spellings and its series each have a place of their own. */
function lastSeen(event: ClusterObject): number {
  const times = [
    timeAt(event, 'series', 'lastObservedTime'),
    timeAt(event, 'lastTimestamp'),
    timeAt(event, 'deprecatedLastTimestamp'),
    timeAt(event, 'eventTime'),
    timeAt(event, 'metadata', 'creationTimestamp'),
  ];
  return Math.max(0, ...times.filter((time) => time !== null));
}

function warningOf(event: ClusterObject): { key: string; warning: RolloutWarning } | null {
  if (textAt(event, 'type') !== 'Warning') return null;
  const about = fieldAt(event, 'involvedObject') ?? fieldAt(event, 'regarding');
  const reason = textAt(event, 'reason') ?? '';
  const message = textAt(event, 'message') ?? textAt(event, 'note') ?? '';
  return {
    key: `${textAt(about, 'uid')}/${reason}`,
    warning: {
      about: `${textAt(about, 'kind') ?? 'object'} ${textAt(about, 'name') ?? ''}`,
      reason,
      message: cutText(message, 500),
      count: numberAt(event, 'series', 'count') ?? numberAt(event, 'count') ?? 1,
      lastSeenMs: lastSeen(event),
    },
  };
}

/**
 * The warnings among events, one for each object and reason with its newest words, the newest first. They explain and
 * never decide: events are best effort and expire (deployment S-38).
 */
export function eventWarnings(events: readonly ClusterObject[]): RolloutWarning[] {
  const found = new Map<string, RolloutWarning>();
  for (const event of events) {
    const next = warningOf(event);
    if (!next) continue;
    const former = found.get(next.key);
    const newest = former && former.lastSeenMs > next.warning.lastSeenMs ? former : next.warning;
    found.set(next.key, { ...newest, count: (former?.count ?? 0) + next.warning.count });
  }
  return [...found.values()].sort((a, b) => b.lastSeenMs - a.lastSeenMs);
}

import { cutText } from '#lib/model/cut-text.ts';
import { fieldAt, numberAt, textAt, timeAt } from '#lib/model/json-fields.ts';
import type { WorkloadEvent } from '#lib/model/workload.ts';
import type { ClusterObject } from '#lib/ports/cluster/port.ts';

/** The object that an event is about, in both spellings. */
const aboutOf = (event: ClusterObject) => fieldAt(event, 'involvedObject') ?? fieldAt(event, 'regarding');

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

function read(event: ClusterObject): { key: string; told: WorkloadEvent } {
  const about = aboutOf(event);
  const reason = textAt(event, 'reason') ?? '';
  const message = textAt(event, 'message') ?? textAt(event, 'note') ?? '';
  return {
    key: `${textAt(about, 'uid')}/${reason}`,
    told: {
      isWarning: textAt(event, 'type') === 'Warning',
      about: `${textAt(about, 'kind') ?? 'object'} ${textAt(about, 'name') ?? ''}`,
      reason,
      message: cutText(message, 500),
      count: numberAt(event, 'series', 'count') ?? numberAt(event, 'count') ?? 1,
      lastSeenAt: lastSeen(event),
    },
  };
}

/**
 * The events about some objects, one for each object and reason with its newest words, the newest first. They explain
 * and never decide: events are best effort and expire (deployment S-38).
 */
export function workloadEvents(
  events: readonly ClusterObject[],
  about: readonly ClusterObject[],
): WorkloadEvent[] {
  const uids = new Set(about.map(({ metadata }) => metadata.uid));
  const found = new Map<string, WorkloadEvent>();
  for (const event of events) {
    if (!uids.has(textAt(aboutOf(event), 'uid') ?? '')) continue;
    const { key, told } = read(event);
    const former = found.get(key);
    const newest = former && former.lastSeenAt > told.lastSeenAt ? former : told;
    found.set(key, { ...newest, count: (former?.count ?? 0) + told.count });
  }
  return [...found.values()].sort((a, b) => b.lastSeenAt - a.lastSeenAt);
}

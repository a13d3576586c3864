import { createHash } from 'node:crypto';
import type { Labels } from '#lib/model/alert.ts';

/** Longer labels stand in a key as their hash: an index of PostgreSQL takes at most 2,704 bytes. */
const MAX_WORDS_BYTES = 1500;

/** In the list of labels to group by: all of them, so that every alert stands alone. */
const BY_ALL_LABELS = '...';

/** The labels by which a route puts an alert into a group, sorted; what is missing or empty is left out. */
export function groupLabels(labels: Labels, groupBy: readonly string[]): Labels {
  const names = groupBy.includes(BY_ALL_LABELS) ? Object.keys(labels) : groupBy;
  return Object.fromEntries(
    [...new Set(names)].toSorted().flatMap((name) => {
      // A label may be called like something that every object has, "constructor" for one.
      const value = Object.hasOwn(labels, name) ? labels[name] : undefined;
      return value === undefined || value === '' ? [] : [[name, value]];
    }),
  );
}

/** The key of a group: the same bytes for the same route and labels, after every restart (alerting S41). */
export function groupKey(routeId: string, labels: Labels): string {
  const words = JSON.stringify(Object.entries(labels));
  if (Buffer.byteLength(words) <= MAX_WORDS_BYTES) return `${routeId}:${words}`;
  return `${routeId}:sha256:${createHash('sha256').update(words).digest('hex')}`;
}

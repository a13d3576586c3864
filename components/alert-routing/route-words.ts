import { saySpan } from '#lib/model/span.ts';
import type { RouteValues } from './route-draft.ts';

/** Names of channels and policies by their ids. */
export type Names = ReadonlyMap<string, string>;

const list = new Intl.ListFormat('en', { type: 'conjunction' });

/** Where a route leads, in words. */
export function targetWords(
  { channelIds, escalationPolicyId }: Pick<RouteValues, 'channelIds' | 'escalationPolicyId'>,
  names: Names,
): string {
  const channels = channelIds.map((id) => names.get(id) ?? 'a deleted channel');
  const policy = escalationPolicyId === null ? null : (names.get(escalationPolicyId) ?? 'a deleted policy');
  if (channels.length === 0 && policy === null) return 'Nobody is told: alerts stand in the inbox only.';
  return [
    ...(channels.length > 0 ? [`Tells ${list.format(channels)}.`] : []),
    ...(policy === null ? [] : [`Pages people by ${policy}.`]),
  ].join(' ');
}

/** What the timers and the grouping of a route do, in words. */
export function groupWords(values: Omit<RouteValues, 'name' | 'matchers'>): string {
  const { groupBy, groupWaitSeconds, groupIntervalSeconds, repeatIntervalSeconds } = values;
  const together = groupBy.includes('...')
    ? 'Every alert is told on its own'
    : groupBy.length === 0
      ? 'All its alerts are told together'
      : `Alerts with the same ${list.format(groupBy)} are told together`;
  if (Number.isNaN(groupWaitSeconds + groupIntervalSeconds + repeatIntervalSeconds)) return `${together}.`;
  const first = groupWaitSeconds === 0 ? 'at once' : `${saySpan(groupWaitSeconds)} after the first of them`;
  return `${together}, ${first}; what changes is told every ${saySpan(groupIntervalSeconds)}, and nothing new again after ${saySpan(repeatIntervalSeconds)}.`;
}

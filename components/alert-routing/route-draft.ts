import type { LabelMatcher } from '#lib/model/alert.ts';
import type { RouteView } from '#lib/model/alert-route.ts';
import { readSpan, writeSpan } from '#lib/model/span.ts';

/** A route as it stands in its form. */
export interface RouteDraft {
  name: string;
  matchers: LabelMatcher[];
  continues: boolean;
  /** Labels by commas. */
  groupBy: string;
  groupWait: string;
  groupInterval: string;
  repeatInterval: string;
  channelIds: string[];
  /** Empty for none. */
  fallbackChannelId: string;
  escalationPolicyId: string;
}

export type RouteValues = Omit<RouteView, 'id' | 'position' | 'isDefault'>;

/** Alertmanager's own timers. */
export const NEW_ROUTE: RouteDraft = {
  name: '',
  matchers: [{ name: 'severity', operator: '=', value: 'critical' }],
  continues: false,
  groupBy: 'alertname, agent',
  groupWait: '30s',
  groupInterval: '5m',
  repeatInterval: '4h',
  channelIds: [],
  fallbackChannelId: '',
  escalationPolicyId: '',
};

export function routeDraft(route: RouteView): RouteDraft {
  return {
    ...{ name: route.name, matchers: route.matchers, continues: route.continues },
    groupBy: route.groupBy.join(', '),
    groupWait: writeSpan(route.groupWaitSeconds),
    groupInterval: writeSpan(route.groupIntervalSeconds),
    repeatInterval: writeSpan(route.repeatIntervalSeconds),
    channelIds: route.channelIds,
    fallbackChannelId: route.fallbackChannelId ?? '',
    escalationPolicyId: route.escalationPolicyId ?? '',
  };
}

const SPANS = [
  ['groupWaitSeconds', 'groupWait'],
  ['groupIntervalSeconds', 'groupInterval'],
  ['repeatIntervalSeconds', 'repeatInterval'],
] as const;

/** What the form says; times that are none are issues at their fields. */
export function readRoute(draft: RouteDraft): {
  values: RouteValues;
  issues: { path: string; message: string }[];
} {
  const issues = SPANS.filter(([, field]) => Number.isNaN(readSpan(draft[field]))).map(([path]) => ({
    path,
    message: 'Write a time like 30s, 5m or 4h.',
  }));
  const [groupWaitSeconds, groupIntervalSeconds, repeatIntervalSeconds] = [
    readSpan(draft.groupWait),
    readSpan(draft.groupInterval),
    readSpan(draft.repeatInterval),
  ];
  const groupBy = draft.groupBy
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  const { name, matchers, continues, channelIds } = draft;
  return {
    values: {
      ...{ name, matchers, continues, groupBy, channelIds },
      ...{ groupWaitSeconds, groupIntervalSeconds, repeatIntervalSeconds },
      fallbackChannelId: draft.fallbackChannelId || null,
      escalationPolicyId: draft.escalationPolicyId || null,
    },
    issues,
  };
}

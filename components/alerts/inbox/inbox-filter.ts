import { ALERT_STATUSES, type AlertStatus, SEVERITIES, type Severity } from '#lib/model/alert.ts';
import { cutText } from '#lib/model/cut-text.ts';
import type { Query } from '#lib/model/paths.ts';
import { toStorable } from '#lib/model/storable-text.ts';
import { GROUPINGS, type Grouping } from './group-alerts.ts';

/** How the inbox is narrowed; all of it stands in the address. */
export interface InboxFilter {
  status: AlertStatus;
  severity: Severity | '';
  /** Mine: handed over to me, or acknowledged by me. */
  mine: boolean;
  agentId: string;
  q: string;
  group: Grouping;
}

const oneOf = <T extends string>(all: readonly T[], value: string | null): T | null =>
  all.find((each) => each === value) ?? null;

/** Reads the address; what it doesn't know is left out, and characters that no alert can have. */
export function filterOfSearch(search: { get(name: string): string | null }): InboxFilter {
  return {
    status: oneOf(ALERT_STATUSES, search.get('status')) ?? 'active',
    severity: oneOf(SEVERITIES, search.get('severity')) ?? '',
    mine: search.get('mine') === '1',
    agentId: search.get('agent') ?? '',
    q: cutText(toStorable(search.get('q') ?? ''), 128),
    group: oneOf(GROUPINGS, search.get('group')) ?? 'cause',
  };
}

const INBOX_PAGE = 200;

/** What the interface is asked for. */
export function listQuery({ status, severity, mine, agentId, q }: InboxFilter): Query {
  return {
    status,
    severity,
    assignee: mine ? 'me' : '',
    agentId: /^[0-9a-f-]{36}$/i.test(agentId) ? agentId : '',
    q: q.trim(),
    limit: INBOX_PAGE,
  };
}

export const isNarrowed = ({ severity, mine, agentId, q }: InboxFilter): boolean =>
  severity !== '' || mine || agentId !== '' || q !== '';

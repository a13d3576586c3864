import type { AuditFilter } from '#lib/model/audit-log.ts';
import { AUDIT_OUTCOMES } from '#lib/model/audit-log.ts';

/** The filters as they stand in the address of the page: texts, days as dates (UTC). */
export interface AuditQuery {
  ledger: 'team' | 'installation';
  actor: string;
  action: string;
  targetKind: string;
  targetId: string;
  outcome: string;
  since: string;
  until: string;
}

const DAY_MS = 86_400_000;
const DATE = /^\d{4}-\d{2}-\d{2}$/;
const LENGTHS = { actor: 320, action: 100, targetKind: 100, targetId: 500 };

/** Reads the filters out of an address; what is none counts as not given. */
export function readAuditQuery(get: (name: string) => string | null): AuditQuery {
  const text = (name: keyof typeof LENGTHS) => (get(name) ?? '').trim().slice(0, LENGTHS[name]);
  const date = (name: string) => {
    const value = get(name) ?? '';
    return DATE.test(value) && Number.isFinite(Date.parse(value)) ? value : '';
  };
  const outcome = get('outcome') ?? '';
  return {
    ledger: get('ledger') === 'installation' ? 'installation' : 'team',
    actor: text('actor'),
    action: text('action'),
    targetKind: text('targetKind'),
    targetId: text('targetId'),
    outcome: AUDIT_OUTCOMES.some((known) => known === outcome) ? outcome : '',
    since: date('since'),
    until: date('until'),
  };
}

/** What is asked of the ledger; the last day counts whole. */
export function auditFilterOf(query: AuditQuery): AuditFilter {
  const { actor, action, targetKind, targetId, since, until } = query;
  const outcome = AUDIT_OUTCOMES.find((known) => known === query.outcome);
  return {
    ...(actor && { actor }),
    ...(action && { action }),
    ...(targetKind && { targetKind }),
    ...(targetId && { targetId }),
    ...(outcome && { outcome }),
    ...(since && { from: Math.max(0, Date.parse(since)) }),
    ...(until && { to: Math.max(0, Date.parse(until) + DAY_MS) }),
  };
}

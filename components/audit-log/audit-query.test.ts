import { expect, test } from 'vitest';
import { auditFilterOf, readAuditQuery } from './audit-query.ts';

const read = (search: string) => {
  const params = new URLSearchParams(search);
  return readAuditQuery((name) => params.get(name));
};

test('security Z14: an address that holds nonsense asks for everything, not for an error', () => {
  const query = read('outcome=maybe&since=tomorrow&until=2026-99-99&ledger=all&isAdmin=true');
  expect(query).toMatchObject({ ledger: 'team', outcome: '', since: '', until: '' });
  expect(auditFilterOf(query)).toEqual({});
});

test('the days of a range count whole, in UTC', () => {
  expect(auditFilterOf(read('since=2026-03-01&until=2026-03-01&actor=%20ada%20'))).toEqual({
    actor: 'ada',
    from: Date.UTC(2026, 2, 1),
    to: Date.UTC(2026, 2, 2),
  });
});

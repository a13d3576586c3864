import { expect, test } from 'vitest';
import { fromColumns, toColumns } from './agent-columns.ts';
import type { AgentRow } from './agent-view.ts';

const row = (n: number): AgentRow => ({
  id: `0198a6b0-0000-7000-8000-${String(n).padStart(12, '0')}`,
  name: `agent-${n}`,
  type: 'agent',
  environment: 'production',
  namespace: '',
  status: n % 7 === 0 ? 'error' : 'running',
  statusReason: '',
  statusSince: 1_790_000_000_000 + n,
  version: null,
  owner: n % 2 === 0 ? null : { id: 'u', name: 'Ada' },
  source: 'discovered',
  lastTelemetryAt: 1_790_000_000_000,
  team: { id: 't', name: 'default' },
});

test('rows come back from their columns as they were, with the same order, nulls and owners', () => {
  for (const count of [0, 1, 2, 50]) {
    const rows = Array.from({ length: count }, (_, n) => row(n));
    expect(fromColumns(JSON.parse(JSON.stringify(toColumns(rows))))).toEqual(rows);
  }
});

test('a thousand agents in columns are less than half of what they are in rows', () => {
  const rows = Array.from({ length: 1000 }, (_, n) => row(n));
  expect(JSON.stringify(toColumns(rows)).length).toBeLessThan(JSON.stringify(rows).length / 2);
});

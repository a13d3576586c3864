import { expect, test } from 'vitest';
import type { FleetAgent } from '#components/agents/fleet.ts';
import type { AgentStatus } from '#lib/model/agent.ts';
import { verdictOf } from './verdict.ts';

const fleet = (...statuses: AgentStatus[]): FleetAgent[] =>
  statuses.map((status, i) => ({
    id: String(i),
    name: `agent-${i}`,
    environment: 'default',
    namespace: '',
    type: 'agent',
    status,
    reason: '',
    statusSince: null,
    version: null,
    owner: null,
    lastSeenMs: null,
    live: null,
  }));

test('a well fleet is said to be well, stopped agents are counted apart', () => {
  expect(verdictOf(fleet('running', 'running')).line).toBe('All 2 running agents are well.');
  expect(verdictOf(fleet('running', 'stopped')).line).toBe('The one running agent is well, 1 is stopped.');
  expect(verdictOf(fleet('stopped')).line).toBe('The one agent is stopped.');
});

test('agents in need are counted, the most urgent named first and the rest numbered', () => {
  const verdict = verdictOf(fleet('running', 'degraded', 'error', 'unreachable', 'degraded'));
  expect(verdict).toMatchObject({ tone: 'critical', line: '4 of 5 agents need attention.', more: 1 });
  expect(verdict.named.map((agent) => agent.status)).toEqual(['error', 'unreachable', 'degraded']);
});

test('a degraded agent alone is a warning; nothing at all is no verdict', () => {
  expect(verdictOf(fleet('degraded', 'running'))).toMatchObject({
    tone: 'warning',
    line: '1 of 2 agents needs attention.',
  });
  expect(verdictOf([])).toMatchObject({ tone: 'unknown', line: 'No agents yet.' });
});

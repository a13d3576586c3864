import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AGENT_STATUSES, type AgentStatus } from '#lib/model/agent.ts';
import { CONTROL_TIMEOUT_MS, decideHealth, type HealthInput } from './decide-health.ts';
import { type HealthMemory, readMemory } from './health-memory.ts';

const NOW = 1_800_000_000_000;
const SECOND = 1000;
const answers = { ok: true, status: 200, latencyMs: 12, message: 'answered 200' };
const refused = { ok: false, status: null, latencyMs: 3, message: 'the connection was refused' };
const unwell = { ok: false, status: 503, latencyMs: 3, message: 'answered 503' };
const memory = (values: Partial<HealthMemory>): HealthMemory => ({ ...readMemory({}), ...values });

function agent(values: Partial<HealthInput> = {}): HealthInput {
  return {
    name: 'planner',
    status: 'running',
    statusReason: 'as before',
    statusSinceMs: NOW - 3600 * SECOND,
    nowMs: NOW,
    lastTelemetryMs: NOW - 5 * SECOND,
    telemetryTimeoutMs: 300 * SECOND,
    memory: memory({}),
    desired: null,
    ...values,
  };
}
const silent = { lastTelemetryMs: NOW - 301 * SECOND };
const failing = (failed: number, total = 20) => ({ memory: memory({ runs: { total, failed } }) });

const CASES: [string, Partial<HealthInput>, AgentStatus, string][] = [
  ['telemetry flows', {}, 'running', 'planner sends telemetry.'],
  [
    'telemetry at the very time-out',
    { lastTelemetryMs: NOW - 300_000 },
    'running',
    'planner sends telemetry.',
  ],
  ['silence without a health URL', silent, 'unreachable', 'planner sent no telemetry for 5 min.'],
  [
    'an idle agent that answers its probe',
    { ...silent, memory: memory({ probe: answers }) },
    'running',
    'planner answers its health check.',
  ],
  [
    'silence and two failed probes',
    { ...silent, memory: memory({ probe: refused, failedProbes: 2 }) },
    'running',
    'as before',
  ],
  [
    'silence and three failed probes',
    { ...silent, memory: memory({ probe: refused, failedProbes: 3 }) },
    'unreachable',
    'planner sent no telemetry for 5 min and its health check fails: the connection was refused.',
  ],
  [
    'silence and a health check that says no',
    { ...silent, memory: memory({ probe: unwell, failedProbes: 3 }) },
    'error',
    'planner sent no telemetry for 5 min and its health check fails: answered 503.',
  ],
  [
    'telemetry with a failing health check',
    { memory: memory({ probe: unwell, failedProbes: 3 }) },
    'degraded',
    'planner sends telemetry, but its health check fails: answered 503.',
  ],
  ['half of the runs fail', failing(10), 'error', 'planner failed 50% of 20 runs in the last 5 minutes.'],
  [
    'a tenth of the runs fails',
    failing(2),
    'degraded',
    'planner failed 10% of 20 runs in the last 5 minutes.',
  ],
  ['fewer runs than say anything', failing(4, 4), 'running', 'planner sends telemetry.'],
  ['8 of 100 failed and it was well', failing(8, 100), 'running', 'planner sends telemetry.'],
  [
    '8 of 100 failed and it was degraded',
    { status: 'degraded', ...failing(8, 100) },
    'degraded',
    'planner failed 8% of 100 runs in the last 5 minutes.',
  ],
  [
    '45 of 100 failed and it was in error',
    { status: 'error', ...failing(45, 100) },
    'error',
    'planner failed 45% of 100 runs in the last 5 minutes.',
  ],
  [
    'a bad status that has not stood a minute',
    { status: 'degraded', statusSinceMs: NOW - 59 * SECOND },
    'degraded',
    'as before',
  ],
  [
    'a bad status that has stood a minute',
    { status: 'degraded', statusSinceMs: NOW - 60 * SECOND },
    'running',
    'planner sends telemetry.',
  ],
  [
    'an unreachable agent that is back',
    { status: 'unreachable', statusSinceMs: NOW - SECOND },
    'running',
    'planner sends telemetry.',
  ],
  [
    'a stopped agent whose telemetry is older',
    { status: 'stopped', statusSinceMs: NOW },
    'stopped',
    'as before',
  ],
  ['a stopped agent that speaks', { status: 'stopped' }, 'running', 'planner sends telemetry.'],
  ['a deployment', { status: 'deploying', ...silent }, 'deploying', 'as before'],
  [
    'an agent never heard of, still within its time',
    { lastTelemetryMs: null, statusSinceMs: NOW },
    'running',
    'as before',
  ],
  [
    'an agent never heard of',
    { lastTelemetryMs: null },
    'unreachable',
    'planner has not sent telemetry yet.',
  ],
  [
    'a failed start stays the reason while there is silence',
    { status: 'error', ...silent, memory: memory({ failedControl: 'start' }) },
    'error',
    'as before',
  ],
];

test.each(CASES)('telemetry capability 8: %s', (_case, values, status, reason) => {
  expect(decideHealth(agent(values))).toEqual({ status, reason, control: 'none' });
});

const asked = (state: 'running' | 'stopped', agoMs: number, acceptedAgoMs: number | null = agoMs) => ({
  desired: { state, sinceMs: NOW - agoMs, acceptedAtMs: acceptedAgoMs === null ? null : NOW - acceptedAgoMs },
});
const CONTROL_CASES: [string, Partial<HealthInput>, AgentStatus, 'none' | 'confirmed' | 'failed'][] = [
  [
    'telemetry after the request starts it',
    { status: 'stopped', ...asked('running', 6_000) },
    'running',
    'confirmed',
  ],
  [
    'older telemetry starts nothing',
    { status: 'unreachable', ...silent, ...asked('running', 1000) },
    'unreachable',
    'none',
  ],
  [
    'the probe starts it',
    {
      status: 'stopped',
      lastTelemetryMs: null,
      memory: memory({ probe: answers }),
      ...asked('running', 1000),
    },
    'running',
    'confirmed',
  ],
  [
    'a start that nothing confirms fails',
    { status: 'stopped', lastTelemetryMs: null, ...asked('running', CONTROL_TIMEOUT_MS) },
    'error',
    'failed',
  ],
  ['an accepted stop waits for silence', { ...asked('stopped', 70_000, 59_000) }, 'running', 'none'],
  [
    'silence after an accepted stop confirms it',
    { lastTelemetryMs: NOW - 80_000, ...asked('stopped', 70_000, 60_000) },
    'stopped',
    'confirmed',
  ],
  [
    'silence without acceptance does not',
    { ...silent, ...asked('stopped', 70_000, null) },
    'unreachable',
    'none',
  ],
  [
    'a failing probe confirms a stop sooner',
    {
      lastTelemetryMs: NOW - 10_000,
      memory: memory({ probe: refused, failedProbes: 1 }),
      ...asked('stopped', 12_000),
    },
    'stopped',
    'confirmed',
  ],
  ['a stop that the agent survives fails', { ...asked('stopped', CONTROL_TIMEOUT_MS) }, 'error', 'failed'],
];

test.each(CONTROL_CASES)('start and stop: %s', (_case, values, status, control) => {
  const decision = decideHealth(agent(values));
  expect([decision.status, decision.control]).toEqual([status, control]);
});

const anyInput = fc.record({
  status: fc.constantFrom(...AGENT_STATUSES),
  statusSinceMs: fc.integer({ min: NOW - 600_000, max: NOW }),
  lastTelemetryMs: fc.option(fc.integer({ min: NOW - 600_000, max: NOW })),
  memory: fc.record({
    probe: fc.option(fc.constantFrom(answers, refused, unwell)),
    failedProbes: fc.integer({ min: 0, max: 5 }),
    runs: fc.option(fc.record({ total: fc.constant(20), failed: fc.integer({ min: 0, max: 20 }) })),
    failedControl: fc.constantFrom('start' as const, 'stop' as const, null),
  }),
});

test('asked again with the same signals, the decision stands', () => {
  fc.assert(
    fc.property(anyInput, (values) => {
      fc.pre(values.lastTelemetryMs !== null || values.memory.runs === null);
      const first = decideHealth(agent(values));
      const changed = first.status !== values.status;
      const next = { status: first.status, statusReason: first.reason, nowMs: NOW };
      const again = decideHealth(agent({ ...values, ...next, ...(changed ? { statusSinceMs: NOW } : {}) }));
      expect(again.status).toBe(first.status);
      expect(first.reason === 'as before' || first.reason.startsWith('planner ')).toBe(true);
    }),
    { numRuns: 2000 },
  );
});

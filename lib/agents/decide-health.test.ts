import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AGENT_STATUSES, type AgentStatus } from '#lib/model/agent.ts';
import { CONTROL_TIMEOUT_MS, decideHealth, type HealthInput, UNSENT_TIMEOUT_MS } from './decide-health.ts';
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
    isReadyInCluster: false,
    telemetryTimeoutMs: 300 * SECOND,
    receptions: [{ fromMs: NOW - 24 * 3600 * SECOND, toMs: NOW }],
    memory: memory({}),
    desired: null,
    ...values,
  };
}
const silent = { lastTelemetryMs: NOW - 301 * SECOND };
const failing = (failed: number, total = 20) => ({ memory: memory({ runs: { total, failed, of: 'run' } }) });
/** Nobody could be heard for an hour, until a moment ago. */
const afterOutage = (secondsAgo: number, rest: Partial<HealthInput> = {}): Partial<HealthInput> => ({
  receptions: [
    { fromMs: NOW - 24 * 3600 * SECOND, toMs: NOW - (3600 + secondsAgo) * SECOND },
    { fromMs: NOW - secondsAgo * SECOND, toMs: NOW },
  ],
  lastTelemetryMs: NOW - (3600 + secondsAgo + 5) * SECOND,
  ...rest,
});

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
  [
    'half of the runs fail',
    failing(10),
    'error',
    'planner failed about 50% of its runs in the last 5 minutes.',
  ],
  [
    'a tenth of the runs fails',
    failing(2),
    'degraded',
    'planner failed about 10% of its runs in the last 5 minutes.',
  ],
  [
    'failed model calls of an agent without runs',
    { memory: memory({ runs: { total: 20, failed: 10, of: 'model' } }) },
    'error',
    'planner failed about 50% of its model calls in the last 5 minutes.',
  ],
  ['silence that an outage of Pitwall made', afterOutage(5), 'running', 'as before'],
  ['silence while Pitwall is still down', { ...silent, receptions: [] }, 'running', 'as before'],
  [
    'a whole time-out of silence after an outage',
    afterOutage(300),
    'unreachable',
    'planner sent no telemetry for 5 min.',
  ],
  [
    'an agent that was unreachable before an outage',
    afterOutage(5, { status: 'unreachable' }),
    'unreachable',
    'as before',
  ],
  [
    'a health check that fails after an outage',
    afterOutage(5, { memory: memory({ probe: refused, failedProbes: 3 }) }),
    'degraded',
    'planner could not be heard for a while, and its health check fails: the connection was refused.',
  ],
  [
    'an agent never heard of, made during an outage',
    afterOutage(5, { lastTelemetryMs: null }),
    'running',
    'as before',
  ],
  ['fewer runs than say anything', failing(4, 4), 'running', 'planner sends telemetry.'],
  ['8 of 100 failed and it was well', failing(8, 100), 'running', 'planner sends telemetry.'],
  [
    '8 of 100 failed and it was degraded',
    { status: 'degraded', ...failing(8, 100) },
    'degraded',
    'planner failed about 10% of its runs in the last 5 minutes.',
  ],
  [
    '45 of 100 failed and it was in error',
    { status: 'error', ...failing(45, 100) },
    'error',
    'planner failed about 50% of its runs in the last 5 minutes.',
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
    'an agent never heard of whose pods are ready, however long it is silent',
    { lastTelemetryMs: null, isReadyInCluster: true, status: 'stopped' },
    'running',
    'planner runs in its cluster and has not sent telemetry yet.',
  ],
  [
    'an agent never heard of whose pods are ready again',
    { lastTelemetryMs: null, isReadyInCluster: true, status: 'unreachable' },
    'running',
    'planner runs in its cluster and has not sent telemetry yet.',
  ],
  [
    'an agent never heard of whose pods are ready and whose health check fails',
    { lastTelemetryMs: null, isReadyInCluster: true, memory: memory({ probe: unwell, failedProbes: 3 }) },
    'error',
    'planner has not sent telemetry yet and its health check fails: answered 503.',
  ],
  [
    'a failed start stays the reason while only the cluster calls its pods ready',
    {
      ...{ status: 'error', lastTelemetryMs: null, isReadyInCluster: true },
      memory: memory({ failedControl: 'start' }),
    },
    'error',
    'as before',
  ],
  [
    'a failed start stays the reason while there is silence',
    { status: 'error', ...silent, memory: memory({ failedControl: 'start' }) },
    'error',
    'as before',
  ],
];

test.each(CASES)('telemetry capability 8: %s', (_case, values, status, reason) => {
  expect(decideHealth(agent(values))).toMatchObject({ status, reason, control: 'none' });
});

/** A start or stop that went out so long ago, and was accepted at once unless it says otherwise. */
const asked = (
  state: 'running' | 'stopped',
  agoMs: number,
  values: { acceptedAgoMs?: number | null; sent?: false; watchedAgoMs?: number; canBeSent?: false } = {},
) => {
  const { acceptedAgoMs = agoMs, sent = true, watchedAgoMs = agoMs, canBeSent = true } = values;
  return {
    desired: {
      state,
      sinceMs: NOW - agoMs,
      sentAtMs: sent ? NOW - agoMs : null,
      acceptedAtMs: acceptedAgoMs === null || !sent ? null : NOW - acceptedAgoMs,
      canBeSent,
      watchedSinceMs: NOW - watchedAgoMs,
    },
  };
};
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
  [
    'an accepted stop waits for silence',
    { ...asked('stopped', 70_000, { acceptedAgoMs: 59_000 }) },
    'running',
    'none',
  ],
  [
    'silence after an accepted stop confirms it',
    { lastTelemetryMs: NOW - 80_000, ...asked('stopped', 70_000, { acceptedAgoMs: 60_000 }) },
    'stopped',
    'confirmed',
  ],
  [
    'silence without acceptance does not',
    { ...silent, ...asked('stopped', 70_000, { acceptedAgoMs: null }) },
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
  [
    'signs of life from before a start went out confirm nothing',
    {
      status: 'degraded',
      memory: memory({ probe: answers }),
      ...asked('running', 10_000, { sent: false }),
    },
    'running',
    'none',
  ],
  [
    'a start that no worker has sent yet fails nobody while workers may catch up',
    {
      status: 'stopped',
      lastTelemetryMs: null,
      ...asked('running', UNSENT_TIMEOUT_MS - 1, { sent: false }),
    },
    'stopped',
    'none',
  ],
  [
    'a start that can be sent no more fails',
    {
      status: 'stopped',
      lastTelemetryMs: null,
      ...asked('running', CONTROL_TIMEOUT_MS, { sent: false, canBeSent: false }),
    },
    'error',
    'failed',
  ],
  [
    'time in which no worker watched counts against no start',
    {
      status: 'stopped',
      lastTelemetryMs: null,
      memory: memory({ probe: refused, failedProbes: 1 }),
      ...asked('running', 10 * CONTROL_TIMEOUT_MS, { watchedAgoMs: 2000 }),
    },
    'stopped',
    'none',
  ],
  [
    'time in which nobody could be heard counts against no start',
    afterOutage(60, { status: 'stopped', lastTelemetryMs: null, ...asked('running', 600_000) }),
    'stopped',
    'none',
  ],
  [
    'silence that an outage of Pitwall made confirms no stop',
    afterOutage(30, asked('stopped', 600_000)),
    'running',
    'none',
  ],
  [
    'a stop that was never accepted fails',
    { ...asked('stopped', CONTROL_TIMEOUT_MS, { acceptedAgoMs: null }) },
    'error',
    'failed',
  ],
  [
    'a start that no worker sends fails in the end',
    { status: 'stopped', ...asked('running', UNSENT_TIMEOUT_MS, { sent: false }) },
    'error',
    'failed',
  ],
  [
    'a start that could not be sent while nobody watched may be sent yet',
    {
      status: 'error',
      ...silent,
      ...asked('running', UNSENT_TIMEOUT_MS, { sent: false, watchedAgoMs: 60_000 }),
    },
    'unreachable',
    'none',
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
  isReadyInCluster: fc.boolean(),
  memory: fc.record({
    probe: fc.option(fc.constantFrom(answers, refused, unwell)),
    failedProbes: fc.integer({ min: 0, max: 5 }),
    runs: fc.option(
      fc.record({
        total: fc.constant(20),
        failed: fc.integer({ min: 0, max: 20 }),
        of: fc.constant('run' as const),
      }),
    ),
    failedControl: fc.constantFrom('start' as const, 'stop' as const, null),
    toldShare: fc.constant(null),
    watched: fc.constant(null),
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

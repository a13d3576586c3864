import type { AgentStatus } from '#lib/model/agent.ts';
import { formatDuration, formatPercent } from '#lib/model/format.ts';
import { type ReceptionStretch, silentSince } from '#lib/model/reception.ts';
import type { HealthMemory } from './health-memory.ts';

/** Everything a health decision is made of; times are Unix milliseconds of one clock. */
export interface HealthInput {
  name: string;
  status: AgentStatus;
  statusReason: string;
  statusSinceMs: number;
  nowMs: number;
  lastTelemetryMs: number | null;
  /** Never heard of, not stopped by anybody, and ready in the cluster in which it was found. */
  isReadyInCluster: boolean;
  /** Silence after which telemetry counts as missing. */
  telemetryTimeoutMs: number;
  /** When it could be heard: silence while nobody listened is no evidence. */
  receptions: readonly ReceptionStretch[];
  /** The newest signals; `probe` is null for an agent without a health URL. */
  memory: HealthMemory;
  /** A start or stop that waits to be confirmed. */
  desired: DesiredState | null;
}

export interface DesiredState {
  state: 'running' | 'stopped';
  sinceMs: number;
  /** When it last went out to the control URL, null as long as it has not. */
  sentAtMs: number | null;
  acceptedAtMs: number | null;
  /** False when there is no control URL any more that it could be sent to. */
  canBeSent: boolean;
  /** Since when the checks have watched it without a break. */
  watchedSinceMs: number;
}

export interface HealthDecision {
  status: AgentStatus;
  /** Why, in words that name the agent. */
  reason: string;
  /** What became of a start or stop that was waiting. */
  control: 'none' | 'confirmed' | 'failed';
  /** The share of failures that the words name, where they name one. */
  share?: number;
}

/** Probes that must fail in a row before they count: one lost packet is no outage. */
const FAILED_PROBES = 3;
/** Runs below which a failure rate says nothing. */
const MIN_RUNS = 5;
/** Failure rates at which a status is entered, and the lower ones at which it is left. */
const RATES = { error: { enter: 0.5, leave: 0.4 }, degraded: { enter: 0.1, leave: 0.07 } };
/** Words name a share of failures in tens of percent, and stay until it is this far from them: rates never stand still. */
const NEAR_SHARE = 0.08;
/** A better status is believed after a bad one has stood this long, so that nothing flaps. */
const SETTLE_MS = 60_000;
/** How long a start or stop may wait to be confirmed once it was sent. */
export const CONTROL_TIMEOUT_MS = 120_000;
/**
 * How long a start or stop may wait to be sent while it is watched: with a thousand of them workers take half of it,
 * and one that none of them sends is told to who waits.
 */
export const UNSENT_TIMEOUT_MS = 15 * 60_000;
/** Silence after an accepted stop that confirms it, for an agent without a health URL. */
const STOP_SILENCE_MS = 60_000;
/** Exporters flush when a process ends: silence that must pass although the health check already fails. */
const LAST_WORDS_MS = 10_000;

type Verdict = Pick<HealthDecision, 'status' | 'reason' | 'share'>;
const BAD: ReadonlySet<AgentStatus> = new Set(['error', 'unreachable', 'degraded']);

function telemetryFlows({ lastTelemetryMs, nowMs, telemetryTimeoutMs }: HealthInput): boolean {
  return lastTelemetryMs !== null && nowMs - lastTelemetryMs <= telemetryTimeoutMs;
}

/** Whether nothing came since a moment, although it was listened to for so long since. */
function isSilentSince({ receptions, nowMs }: HealthInput, heardMs: number, forMs: number): boolean {
  const since = silentSince(receptions, nowMs, forMs);
  return since !== null && heardMs <= since;
}

/**
 * Telemetry is missing when a whole time-out was listened to without hearing it. An agent that was never heard
 * of has that long to speak up, from when its status was set.
 */
function isSilent(input: HealthInput): boolean {
  const { lastTelemetryMs, status, statusSinceMs, telemetryTimeoutMs } = input;
  if (telemetryFlows(input)) return false;
  if (lastTelemetryMs === null && BAD.has(status)) return true;
  return isSilentSince(input, lastTelemetryMs ?? statusSinceMs, telemetryTimeoutMs);
}

/** A start is confirmed by any sign of life that is newer than the request that went out. */
function startVerdict(input: HealthInput, { sentAtMs }: DesiredState): Verdict | null {
  const { name, lastTelemetryMs, memory } = input;
  if (sentAtMs === null) return null;
  if (lastTelemetryMs !== null && lastTelemetryMs > sentAtMs)
    return { status: 'running', reason: `${name} started and sends telemetry.` };
  if (memory.probe?.ok) return { status: 'running', reason: `${name} started and answers its health check.` };
  return null;
}

/** A stop is confirmed once it was accepted and the agent no longer answers or, without a probe, is silent. */
function stopVerdict(input: HealthInput, { acceptedAtMs }: DesiredState): Verdict | null {
  const { name, lastTelemetryMs, memory } = input;
  if (acceptedAtMs === null) return null;
  const heardAt = Math.max(lastTelemetryMs ?? 0, acceptedAtMs);
  const gone = memory.probe
    ? !memory.probe.ok && isSilentSince(input, heardAt, LAST_WORDS_MS)
    : isSilentSince(input, heardAt, STOP_SILENCE_MS);
  return gone ? { status: 'stopped', reason: `${name} stopped as asked.` } : null;
}

/** Why a start or stop that no worker has sent is given up, or null while one may. */
function unsentReason(
  { name, nowMs }: HealthInput,
  { state, sinceMs, watchedSinceMs }: DesiredState,
): string | null {
  if (nowMs - Math.max(sinceMs, watchedSinceMs) < UNSENT_TIMEOUT_MS) return null;
  const action = state === 'running' ? 'start' : 'stop';
  return `${name} could not be asked to ${action}: the request was not sent within ${formatDuration(UNSENT_TIMEOUT_MS)}.`;
}

/**
 * Why a start or stop is given up, or null while it may still be confirmed: what nobody watched and what nobody
 * could hear counts against no agent.
 */
function giveUpReason(input: HealthInput, desired: DesiredState): string | null {
  const { name, lastTelemetryMs, memory } = input;
  const { sentAtMs, acceptedAtMs, canBeSent, watchedSinceMs } = desired;
  if (sentAtMs === null && canBeSent) return unsentReason(input, desired);
  const waitsSince = Math.max(watchedSinceMs, acceptedAtMs ?? sentAtMs ?? 0);
  if (!isSilentSince(input, waitsSince, CONTROL_TIMEOUT_MS)) return null;
  const within = formatDuration(CONTROL_TIMEOUT_MS);
  if (desired.state === 'running')
    return `${name} was asked to start and gave no sign of life within ${within}.`;
  if (acceptedAtMs === null) return `${name} was asked to stop and did not accept it within ${within}.`;
  const isAlive = memory.probe?.ok || (lastTelemetryMs ?? 0) > acceptedAtMs;
  return isAlive ? `${name} was asked to stop and still gives signs of life after ${within}.` : null;
}

function controlDecision(input: HealthInput): HealthDecision | null {
  const { desired } = input;
  if (desired === null) return null;
  const verdict = desired.state === 'running' ? startVerdict(input, desired) : stopVerdict(input, desired);
  if (verdict) return { ...verdict, control: 'confirmed' };
  const reason = giveUpReason(input, desired);
  return reason === null ? null : { status: 'error', reason, control: 'failed' };
}

/**
 * Of an agent that never sent telemetry and has no health URL the cluster is the only witness: one whose pods are ready
 * runs, however long it has been silent. A start that failed is said until a sign of life of its own.
 */
function clusterVouches({ isReadyInCluster, memory }: HealthInput): boolean {
  return isReadyInCluster && memory.probe === null && memory.failedControl !== 'start';
}

/** What the signals say about an agent that shows no sign of life, or null while it is too early to tell. */
function silenceVerdict(input: HealthInput): Verdict | null {
  const { name, memory, telemetryTimeoutMs, lastTelemetryMs } = input;
  if (memory.probe?.ok || clusterVouches(input) || !isSilent(input)) return null;
  if (memory.probe && memory.failedProbes < FAILED_PROBES) return null;
  const silence =
    lastTelemetryMs === null
      ? `${name} has not sent telemetry yet`
      : `${name} sent no telemetry for ${formatDuration(telemetryTimeoutMs)}`;
  if (!memory.probe) return { status: 'unreachable', reason: `${silence}.` };
  const answers = memory.probe.status !== null;
  return {
    status: answers ? 'error' : 'unreachable',
    reason: `${silence} and its health check fails: ${memory.probe.message}.`,
  };
}

/** Whether a rate puts an agent into a status, or keeps it there. */
function rateHolds(rate: number, level: 'error' | 'degraded', current: AgentStatus): boolean {
  const stays = current === level || (level === 'degraded' && current === 'error');
  return rate >= (stays ? RATES[level].leave : RATES[level].enter);
}

const COUNTED = { run: 'runs', model: 'model calls', tool: 'tool calls' } as const;

/** The share that words name of a rate: the one they name already, where that is near. */
function shareInWords(rate: number, told: number | null): number {
  return told !== null && Math.abs(rate - told) < NEAR_SHARE ? told : Math.round(rate * 10) / 10;
}

function failureVerdict(input: HealthInput): Verdict | null {
  const { name, memory, status } = input;
  if (memory.runs === null || memory.runs.total < MIN_RUNS) return null;
  const { total, failed, of } = memory.runs;
  const level = (['error', 'degraded'] as const).find((candidate) =>
    rateHolds(failed / total, candidate, status),
  );
  if (!level) return null;
  const share = shareInWords(failed / total, memory.toldShare);
  const failures = `about ${formatPercent(share)} of its ${COUNTED[of]}`;
  return { status: level, reason: `${name} failed ${failures} in the last 5 minutes.`, share };
}

/** A health check that fails of an agent that sends telemetry, or of which nobody can say whether it does. */
function probeVerdict(input: HealthInput): Verdict | null {
  const { name, memory } = input;
  if (input.lastTelemetryMs === null) return null;
  if (!memory.probe || memory.probe.ok || memory.failedProbes < FAILED_PROBES) return null;
  const fails = `its health check fails: ${memory.probe.message}.`;
  if (telemetryFlows(input)) return { status: 'degraded', reason: `${name} sends telemetry, but ${fails}` };
  if (isSilent(input) || BAD.has(input.status)) return null;
  return { status: 'degraded', reason: `${name} could not be heard for a while, and ${fails}` };
}

function lifeVerdict(input: HealthInput): Verdict {
  const { name, memory } = input;
  if (telemetryFlows(input)) return { status: 'running', reason: `${name} sends telemetry.` };
  if (memory.probe?.ok) return { status: 'running', reason: `${name} answers its health check.` };
  if (clusterVouches(input))
    return { status: 'running', reason: `${name} runs in its cluster and has not sent telemetry yet.` };
  return { status: input.status, reason: input.statusReason };
}

/** Signs of life of an agent that is said to be stopped: newer than the moment it stopped. */
function wokeUp(input: HealthInput): boolean {
  const { lastTelemetryMs, statusSinceMs, memory } = input;
  const isHeard = lastTelemetryMs !== null && lastTelemetryMs > statusSinceMs;
  return isHeard || memory.probe?.ok === true || clusterVouches(input);
}

/** Lets a bad status stand for a while, except that an agent which is back is said to be back at once. */
function settle(input: HealthInput, verdict: Verdict): Verdict {
  const better = BAD.has(input.status) && !BAD.has(verdict.status);
  const tooEarly = input.nowMs - input.statusSinceMs < SETTLE_MS;
  const wait = better && tooEarly && input.status !== 'unreachable';
  return wait ? { status: input.status, reason: input.statusReason } : verdict;
}

/**
 * Decides the status of an agent from its signals, without looking at a clock or a store. Worst news wins:
 * silence, then failed runs, then a failing health check. Hysteresis: probes must fail three times in a
 * row, failure rates are left lower than they are entered, and a bad status stands for at least a minute.
 * `deploying` and `scaling` are left to those who set them.
 */
export function decideHealth(input: HealthInput): HealthDecision {
  const control = controlDecision(input);
  if (control) return control;
  const same = { status: input.status, reason: input.statusReason, control: 'none' } as const;
  if (input.status === 'deploying' || input.status === 'scaling') return same;
  if (input.status === 'stopped' && !wokeUp(input)) return same;
  const silence = silenceVerdict(input);
  if (silence && input.memory.failedControl === 'start') return same;
  const verdict = silence ?? failureVerdict(input) ?? probeVerdict(input) ?? lifeVerdict(input);
  return { ...settle(input, verdict), control: 'none' };
}

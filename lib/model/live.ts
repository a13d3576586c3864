import type { AgentStatus } from './agent.ts';
import type { TeamEvent } from './event.ts';
import type { UnsubscribeRequest } from './live-schema.ts';

/**
 * The protocol between the realtime service and a browser: snapshot, then numbered deltas. A view is
 * one room; its messages carry `epoch` and `seq`. A browser that misses a number, or sees another
 * epoch, asks for a new snapshot. Messages are strings of columnar JSON, encoded once a room and tick.
 */

/** Names of the Socket.IO events, short because they stand in every frame. */
export const LIVE_EVENTS = {
  subscribe: 'subscribe',
  unsubscribe: 'unsubscribe',
  /** Server to browser: the next delta of a view, as a JSON string. */
  delta: 'd',
  /** Server to browser: a fresh snapshot of a view, as a JSON string, unasked. */
  snapshot: 's',
  /** Server to browser: why the server is about to end this connection. */
  bye: 'bye',
} as const;

/** The key of a view within its team, on every message of it: `fleet`, `events` or `agent:<id>`. */
export function viewKey(request: UnsubscribeRequest): string {
  return request.view === 'agent' ? `agent:${request.agentId}` : request.view;
}

export type SubscribeRefusal = 'invalid' | 'forbidden' | 'not_found' | 'rate_limited' | 'unavailable';

/** Answer to `subscribe`: a snapshot, or the deltas missed since the position that was given. */
export type SubscribeAnswer =
  | { ok: true; snapshot: string }
  | { ok: true; deltas: string[] }
  | { ok: false; code: SubscribeRefusal; message: string };

/** Why the server ends a connection. After `replaced`, `revoked` and `forbidden` a browser stays away. */
export const BYE_REASONS = ['replaced', 'revoked', 'slow', 'rate_limited', 'restarting', 'invalid'] as const;
export type ByeReason = (typeof BYE_REASONS)[number];
export interface Bye {
  reason: ByeReason;
  message: string;
}

/** Why a handshake was refused; `retryAfterMs` is set when trying again makes sense. */
export interface HandshakeRefusal {
  code: 'unauthenticated' | 'busy' | 'rate_limited';
  retryAfterMs?: number;
}

/** Values of one agent over the trailing 60 s, in this order on the wire; -1 stands for "none". */
export const ROW_COLUMNS = [
  /** Seconds after `base` of the snapshot at which telemetry was last received. */
  'seen',
  'requests',
  /** Basis points of requests. */
  'errorRate',
  /** Milliseconds, one decimal. */
  'p95',
  'tokens',
  'costMicros',
  'unpricedCalls',
] as const;

/** Sums of one 10 s window, in this order on the wire; -1 stands for "none". */
export const WINDOW_COLUMNS = [
  'requests',
  'errors',
  'inputTokens',
  'outputTokens',
  'costMicros',
  'p50',
  'p95',
  'p99',
  'modelCalls',
  'toolCalls',
  'unpricedCalls',
] as const;

/** Length of the windows of a tail, seconds, and how many of them a snapshot holds at most (15 min). */
export const TAIL_STEP_SECONDS = 10;
export const TAIL_WINDOWS = 90;

/** Closed windows, oldest first: `starts` Unix milliseconds, `columns[c][i]` by `WINDOW_COLUMNS`. */
export interface Tail {
  starts: number[];
  columns: number[][];
}

interface ViewMessage {
  /** Key of the view. */
  k: string;
  /** Epoch and number of this message in the view. */
  e: string;
  s: number;
  /** Unix milliseconds of the server when the message was built. */
  t: number;
}

export interface FleetSnapshot extends ViewMessage {
  base: number;
  ids: string[];
  names: string[];
  environments: string[];
  /** Index into AGENT_STATUSES; -1 for a removed row, whose index is never used again in this epoch. */
  statuses: number[];
  reasons: string[];
  /** By `ROW_COLUMNS`, each as long as `ids`. */
  columns: number[][];
  /** The whole team over the trailing 60 s, by `WINDOW_COLUMNS`. */
  minute: number[];
  /** The whole team over the trailing 10 s, by `WINDOW_COLUMNS`. */
  head: number[];
  tail: Tail;
}

export interface FleetDelta extends ViewMessage {
  /** Rows whose values changed and the new values, `c` by `ROW_COLUMNS`. */
  i?: number[];
  c?: number[][];
  /** Rows added at the end: [id, name, environment, status, reason]. */
  a?: [id: string, name: string, environment: string, status: number, reason: string][];
  /** Rows whose description changed: [row, name, environment, status, reason]; status -1 removes the row. */
  u?: [row: number, name: string, environment: string, status: number, reason: string][];
  /** Team over the trailing 60 s and 10 s. */
  m?: number[];
  h?: number[];
  /** Windows that closed: [start, ...by WINDOW_COLUMNS]. */
  b?: number[][];
}

export interface AgentSnapshot extends ViewMessage {
  id: string;
  name: string;
  environment: string;
  status: number;
  reason: string;
  /** Unix milliseconds, -1 when never. */
  seen: number;
  minute: number[];
  head: number[];
  tail: Tail;
  /** Last value of each OTLP metric seen live: [name, value]. */
  metrics: [name: string, value: number][];
}

export interface AgentDelta extends ViewMessage {
  /** [name, environment, status, reason]; status -1 means the agent was deleted. */
  u?: [name: string, environment: string, status: number, reason: string];
  seen?: number;
  m?: number[];
  h?: number[];
  b?: number[][];
  x?: [name: string, value: number][];
}

/** `events` has no state: its snapshot only says where the numbering stands. */
export interface EventsSnapshot extends ViewMessage {
  k: 'events';
}

/** One team event, parsed by the realtime service; without one it only says "alive". Its type may be a newer one. */
export interface EventsDelta extends ViewMessage {
  event?: TeamEvent;
}

/** One agent as the console shows it. Rates are over the trailing 60 s; null is "no data", never zero. */
export interface FleetRow {
  agentId: string;
  name: string;
  environment: string;
  status: AgentStatus;
  /** The status in words. */
  reason: string;
  lastSeenMs: number | null;
  requestsPerMin: number;
  /** 0 to 1. */
  errorRate: number | null;
  p95Ms: number | null;
  tokensPerMin: number;
  /** US dollars, as far as prices are known; null where no price is. */
  costPerHour: number | null;
  unpricedCallsPerMin: number;
}

/** A team or one agent over the trailing 60 s. */
export interface LiveTotals {
  requestsPerMin: number;
  errorsPerMin: number;
  errorRate: number | null;
  p50Ms: number | null;
  p95Ms: number | null;
  p99Ms: number | null;
  inputTokensPerMin: number;
  outputTokensPerMin: number;
  tokensPerMin: number;
  modelCallsPerMin: number;
  toolCallsPerMin: number;
  /** US dollars, as far as prices are known; null where no price is. */
  costPerHour: number | null;
  unpricedCallsPerMin: number;
  /** When the server counted, Unix milliseconds. */
  atMs: number;
}

export interface FleetTotals extends LiveTotals {
  agents: number;
  byStatus: Record<AgentStatus, number>;
}

export interface AgentLive extends LiveTotals {
  agentId: string;
  name: string;
  environment: string;
  status: AgentStatus;
  reason: string;
  lastSeenMs: number | null;
  deleted: boolean;
  metrics: readonly { name: string; value: number }[];
}

/** Measures of a live series; units as in LiveTotals (per minute, dollars per hour, milliseconds, 0 to 1). */
export const LIVE_MEASURES = [
  'requests',
  'errors',
  'error_rate',
  'latency_p50',
  'latency_p95',
  'latency_p99',
  'input_tokens',
  'output_tokens',
  'tokens',
  'cost',
  'unpriced_calls',
] as const;
export type LiveMeasure = (typeof LIVE_MEASURES)[number];

export type ConnectionState = 'connecting' | 'live' | 'reconnecting' | 'stale' | 'signed-out';

/** Body of `POST /api/live-token`'s answer. */
export interface LiveTokenAnswer {
  token: string;
  expiresInSeconds: number;
}

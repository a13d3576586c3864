/**
 * What one OTLP request becomes before it is stored. Plain data: the decoder and the normaliser
 * produce it, the store writes it, the live accumulators count it.
 */

/** Closed set of span kinds after normalisation; `step` is everything not known to be more. */
export const OPERATIONS = [
  'invoke_agent',
  'invoke_workflow',
  'chat',
  'generate_content',
  'text_completion',
  'embeddings',
  'retrieval',
  'rerank',
  'execute_tool',
  'create_agent',
  'plan',
  'memory',
  'guardrail',
  'evaluation',
  'handoff',
  'step',
] as const;
export type Operation = (typeof OPERATIONS)[number];

/** Operations whose spans carry token usage that counts (telemetry 4.5: leaf model spans only). */
export const MODEL_OPERATIONS: ReadonlySet<Operation> = new Set([
  'chat',
  'generate_content',
  'text_completion',
  'embeddings',
]);

/** Where the owner of a span was found, in the order of telemetry 4.5. */
export const OWNER_SOURCES = ['own', 'ancestor', 'langgraph', 'service'] as const;
export type OwnerSource = (typeof OWNER_SOURCES)[number];

/** Token usage of one model call. Cache and reasoning are subsets of input and output, never added to them. */
export interface Usage {
  inputTokens: number;
  outputTokens: number;
  cacheReadTokens: number;
  cacheWriteTokens: number;
  reasoningTokens: number;
}

/**
 * What of a span repeats spans below it, as bits: its tokens, its cost, the call itself (a model span around another
 * model span). What repeats is not counted (telemetry 4.5).
 */
export const REPEATS = { tokens: 1, cost: 2, call: 4 } as const;

/** A hand-off of control or a call from one agent to another. */
export interface HandOff {
  fromAgent: string;
  toAgent: string;
  mode: 'pass_control' | 'return_to_caller' | 'nested';
}

/** One span after normalisation and attribution. Times are Unix nanoseconds as bigint, durations milliseconds. */
export interface NormalisedSpan {
  /** 32 lower-case hex digits. */
  traceId: string;
  /** 16 lower-case hex digits. */
  spanId: string;
  parentSpanId: string | null;
  name: string;
  /** OTLP SpanKind 0 to 5. */
  kind: number;
  startNs: bigint;
  endNs: bigint;
  durationMs: number;
  operation: Operation;
  /** The sender's own word for the operation, kept when it is not one of ours. */
  rawOperation: string | null;
  /** Name of the agent that owns this span, never empty. */
  agentName: string;
  ownerSource: OwnerSource;
  /** True while an ancestor that may name another owner has not arrived. */
  awaitsOwner: boolean;
  /** True for a span that is one request of an agent (`invoke_agent`/AGENT with a name): the unit of "requests". */
  isAgentRun: boolean;
  environment: string;
  serviceNamespace: string;
  serviceName: string;
  serviceVersion: string | null;
  serviceInstance: string | null;
  provider: string | null;
  requestModel: string | null;
  responseModel: string | null;
  toolName: string | null;
  conversationId: string | null;
  workflowName: string | null;
  /** Set only on spans whose usage counts. */
  usage: Usage | null;
  /** US dollars the sender reported, if any; set only where they count. */
  costReported: number | null;
  /** US dollars from the price table, null when the model has no price. */
  costPriced: number | null;
  /** Sum of {@link REPEATS}: what the sender reported that is left out here. */
  repeats: number;
  /** True where spans that were not known when it came may repeat it or be repeated by it: the store settles that. */
  awaitsTrace: boolean;
  timeToFirstChunkMs: number | null;
  /** Hard failure: `error.type`, status ERROR or an exception event. */
  isError: boolean;
  errorType: string | null;
  statusMessage: string | null;
  finishReason: string | null;
  /** Finish reason `error` or `content_filter` without a hard failure. */
  isSoftFailure: boolean;
  handOff: HandOff | null;
  /** Instrumentation scope name, and the detected family of conventions (`gen_ai`, `openinference`, `ai-sdk`, ...). */
  scope: string;
  convention: string;
  /** Remaining attributes as JSON-safe values, content attributes removed unless switched on. */
  attributes: Record<string, unknown>;
  events: readonly { name: string; timeNs: bigint; attributes: Record<string, unknown> }[];
  resource: Record<string, unknown>;
}

/** One log record kept for the run views. */
export interface NormalisedLog {
  timeNs: bigint;
  traceId: string | null;
  spanId: string | null;
  severity: number;
  body: string;
  agentName: string;
  /** False where neither the record nor its span, as far as that is known, names an agent: it stands for its service. */
  namesAgent: boolean;
  environment: string;
  serviceNamespace: string;
  serviceName: string;
  attributes: Record<string, unknown>;
}

/** Kinds of OTLP metric streams. Cumulative kinds are stored as sent and turned into increases by the roll-up. */
export const METRIC_KINDS = [
  'gauge',
  'delta_sum',
  'cumulative_sum',
  'delta_histogram',
  'cumulative_histogram',
] as const;
export type MetricKind = (typeof METRIC_KINDS)[number];

/** What makes a series: found by `key`, described once. */
export interface SeriesIdentity {
  agentName: string;
  environment: string;
  serviceNamespace: string;
  serviceName: string;
  /** Distinguishes the streams of replicas: service.instance.id, k8s.pod.name or host.name; empty when none is sent. */
  instance: string;
  metric: string;
  unit: string;
  kind: MetricKind;
  /** Allow-listed point attributes, sorted by key. */
  attributes: Record<string, string>;
}

/** Why an item was refused, by a stable word that counters are labelled with. */
export type RefusalReason =
  | 'malformed'
  | 'too_old'
  | 'in_the_future'
  | 'not_finite'
  | 'too_many_attributes'
  | 'too_large'
  | 'too_many_series'
  | 'too_many_agents'
  | 'unsupported_type';

/** Items refused of one request, answered as OTLP partial success. */
export interface Refusals {
  count: number;
  byReason: Partial<Record<RefusalReason, number>>;
  /** First message in words, for `error_message`. */
  message: string;
  /** `service.name` of who sent the first of them, as far as it was read. */
  sender?: string | undefined;
}

/**
 * A span whose ancestors have not all come may belong to an agent that one of them names. After this long without
 * them it counts for its service, milliseconds.
 */
export const OWNER_PATIENCE_MS = 10_000;

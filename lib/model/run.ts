/** One run in a list: a request that an agent answered, or the root of a trace that has none. */
export interface RunRow {
  /** 32 hex digits. */
  traceId: string;
  /** 16 hex digits; with the trace id it names the run. */
  spanId: string;
  agentId: string;
  agentName: string;
  name: string;
  /** False for the run of an agent that another one called. */
  isRoot: boolean;
  /** Unix milliseconds. */
  startedAt: number;
  endedAt: number;
  durationMs: number;
  /** `degraded`: it ended with a refused or broken off answer, without an error. */
  status: 'ok' | 'error' | 'degraded';
  errorType: string | null;
  errorMessage: string | null;
  /** Of the run and everything below it, as far as it has arrived. */
  modelCalls: number;
  toolCalls: number;
  inputTokens: number;
  outputTokens: number;
  /** US dollars, as far as prices are known; null when no cost is known. */
  cost: number | null;
  /** Calls with tokens of which no price is known. */
  unpricedCalls: number;
  conversationId: string | null;
}

export interface RunPage {
  runs: RunRow[];
  /** To be sent back for the next, older page; null at the end. */
  nextCursor: string | null;
}

/** One span of a run, without what was said in it. */
export interface RunSpanView {
  /** 16 hex digits. */
  spanId: string;
  parentSpanId: string | null;
  name: string;
  operation: string;
  agentName: string;
  /** Unix milliseconds. */
  startedAt: number;
  durationMs: number;
  status: RunRow['status'];
  errorType: string | null;
  /** Prompts, completions or tool arguments are stored with it. */
  hasContent: boolean;
  /** What was stored with it has been erased. */
  isErased: boolean;
}

export interface RunTrace {
  traceId: string;
  spans: RunSpanView[];
  /** There are more spans than one page shows. */
  truncated: boolean;
}

/** Trace ids as they stand in addresses: 32 hex digits, lower case. */
export const TRACE_ID = /^[0-9a-f]{32}$/;

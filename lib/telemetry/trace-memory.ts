/** What is remembered of one span, seen or only named as a parent. */
export interface SpanFacts {
  /** False while the span itself has not arrived. */
  seen: boolean;
  parent: SpanFacts | null;
  /** Name of the agent that the span itself names; null when it names none. */
  ownAgent: string | null;
  /** True for a run of an agent. */
  isAgentRun: boolean;
  /** True where one model call does not reach through: tools and agents. */
  isBoundary: boolean;
  /** True for a model call, whatever lies below it. */
  isModelCall: boolean;
  /** It reports tokens, whether or not they count. */
  hasTokens: boolean;
  /** It reports what it cost, or tokens, which may have a price. */
  hasCost: boolean;
  /** Something of it was once let count: what comes to lie below it from now on was not known then. */
  hasCounted: boolean;
  /** Something of a span above counted before this one came. */
  isLate: boolean;
  /** A span with tokens lies somewhere below. */
  tokensBelow: boolean;
  /** A span with tokens lies below, without a tool or agent in between. */
  tokensDirectlyBelow: boolean;
  /** The same of cost. */
  costBelow: boolean;
  costDirectlyBelow: boolean;
  /** A model span lies below, without a tool or agent in between. */
  modelDirectlyBelow: boolean;
  /** A run of an agent lies below. */
  agentBelow: boolean;
  /** Spans below that still lack the agent that only an ancestor can name. */
  waiting: WaitingSpan[];
}

/** A span that was attributed without its ancestors, because they had not arrived. */
export interface WaitingSpan {
  traceId: string;
  spanId: string;
  /** Its end, Unix nanoseconds: finds the stored row. */
  endNs: bigint;
  environment: string;
  serviceNamespace: string;
  /** The agent it was counted for. */
  agentName: string;
  /** True when the span owns itself and only waits for the agent that called it. */
  isAgentRun: boolean;
}

/** Most spans that wait below one unseen parent. */
const MOST_WAITING = 512;

/**
 * Remembers the spans of recent traces of one team: spans arrive in several requests, children before
 * their parents. Bounded: the oldest entries go first. Never to be shared between teams, because trace ids
 * are chosen by the sender.
 */
export class TraceMemory {
  #facts: Generations<SpanFacts>;
  /** Hand-offs of a trace that a tool span told and the agent handed to has not yet repeated. */
  #announced: Generations<number>;

  /** @param capacity least number of spans remembered, about 450 bytes each; at most twice as many */
  constructor(capacity = 50_000) {
    this.#facts = new Generations(capacity);
    this.#announced = new Generations(capacity);
  }

  /** The facts of a span, made when it is heard of for the first time. */
  factsOf(traceId: string, spanId: string): SpanFacts {
    const key = traceId + spanId;
    const known = this.#facts.get(key);
    if (known !== undefined) return known;
    const made: SpanFacts = {
      seen: false,
      parent: null,
      ownAgent: null,
      isAgentRun: false,
      isBoundary: false,
      isModelCall: false,
      hasTokens: false,
      hasCost: false,
      hasCounted: false,
      isLate: false,
      tokensBelow: false,
      tokensDirectlyBelow: false,
      costBelow: false,
      costDirectlyBelow: false,
      modelDirectlyBelow: false,
      agentBelow: false,
      waiting: [],
    };
    this.#facts.set(key, made);
    return made;
  }

  /** The facts of a span, if it was heard of. */
  find(traceId: string, spanId: string): SpanFacts | undefined {
    return this.#facts.get(traceId + spanId);
  }

  /** Notes that a span waits for an ancestor that has not arrived. */
  await(facts: SpanFacts, span: WaitingSpan): void {
    if (facts.waiting.length < MOST_WAITING) facts.waiting.push(span);
  }

  /** Notes that a tool span told of a hand-off. */
  announce(traceId: string, toAgent: string): void {
    const key = `${traceId}${toAgent}`;
    this.#announced.set(key, (this.#announced.get(key) ?? 0) + 1);
  }

  /** True, once per announcement, when a hand-off to this agent was told before. */
  wasAnnounced(traceId: string, toAgent: string): boolean {
    const key = `${traceId}${toAgent}`;
    const count = this.#announced.get(key) ?? 0;
    if (count === 0) return false;
    this.#announced.set(key, count - 1);
    return true;
  }
}

/** A map that forgets what was not used for a while: two generations, what is used moves to the younger. */
class Generations<Value> {
  #young = new Map<string, Value>();
  #old = new Map<string, Value>();
  #size: number;

  constructor(size: number) {
    this.#size = size;
  }

  get(key: string): Value | undefined {
    const young = this.#young.get(key);
    if (young !== undefined) return young;
    const old = this.#old.get(key);
    if (old !== undefined) this.set(key, old);
    return old;
  }

  set(key: string, value: Value): void {
    if (this.#young.size >= this.#size && !this.#young.has(key)) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(key, value);
  }
}

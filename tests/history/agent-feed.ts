import { setTimeout as wait } from 'node:timers/promises';
import { untilAnswered } from './until-answered.ts';

const METRIC = 'history.load';
/** The gauge of an agent that is well, and of one that breaks the rule. */
const WELL = 0;
const BROKEN = 1;
/** Agents send this often, as exporters do. */
const EVERY_MS = 1000;

/**
 * The rule that watches the agents: without a hold time, so that ticks fire it, and on a grid of a second, so that
 * an end is seen as soon as roll-ups of its windows are there.
 */
export const FED_RULE = {
  name: 'Load of agents',
  definition: {
    ...{
      type: 'threshold',
      source: { metric: METRIC, measure: 'last' },
      groupBy: 'agent',
      title: '{{ agent }}',
    },
    ...{ operator: '>', levels: { critical: (WELL + BROKEN) / 2 } },
    ...{ windowSeconds: 10, intervalSeconds: 1, offsetSeconds: 20 },
    // A machine that is short of time sends late: that is no news about an agent.
    ...{ noData: 'keep-last', missedEvaluations: 120 },
  },
};

function gauge(agent: string, value: number, atMs: number): object {
  const service = { key: 'service.name', value: { stringValue: agent } };
  const point = { timeUnixNano: `${atMs}000000`, asDouble: value };
  const metric = { name: METRIC, unit: '1', gauge: { dataPoints: [point] } };
  return {
    resource: { attributes: [service] },
    scopeMetrics: [{ scope: { name: 'history' }, metrics: [metric] }],
  };
}

/** Agents that send a gauge over OTLP once a second, and at once when it changes. */
export class AgentFeed {
  readonly #url: string;
  readonly #headers: Record<string, string>;
  readonly #values: Map<string, number>;
  readonly #stop = new AbortController();
  #sending: Promise<void> = Promise.resolve();

  constructor(otlpUrl: string, apiKey: string, agents: readonly string[]) {
    this.#url = `${otlpUrl}/v1/metrics`;
    this.#headers = { 'x-api-key': apiKey };
    this.#values = new Map(agents.map((agent) => [agent, WELL]));
  }

  #send(agents: readonly string[]): Promise<number> {
    const nowMs = Date.now();
    const resourceMetrics = agents.map((agent) => gauge(agent, this.#values.get(agent) ?? WELL, nowMs));
    return untilAnswered(this.#url, this.#headers, { resourceMetrics }, this.#stop.signal);
  }

  /** Sends all agents, and again and again until it is stopped. */
  async start(): Promise<void> {
    await this.#send([...this.#values.keys()]);
    this.#sending = this.#goOn();
  }

  async #goOn(): Promise<void> {
    const { signal } = this.#stop;
    try {
      for (;;) {
        await wait(EVERY_MS, undefined, { signal });
        await this.#send([...this.#values.keys()]);
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  /** Resolves when the change of one agent was answered, with that moment. */
  set(agent: string, isBroken: boolean): Promise<number> {
    this.#values.set(agent, isBroken ? BROKEN : WELL);
    return this.#send([agent]);
  }

  /** @throws when telemetry was never taken */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#sending;
  }
}

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { attribute, double, field, fixed64, text } from './load/protobuf.ts';
import type { Target } from './stack.ts';

export const METRIC = 'bench.value';
/** Agents in one OTLP request of the background. */
const BATCH = 100;

/** Moments by the monotonic clock of this process, milliseconds. */
export interface Probe {
  agent: string;
  changedAt: number;
}

/**
 * One gauge of many agents, for everybody who watches them: sent over OTLP once a second and at once when it
 * changes, and served for scraping.
 */
export class AlertFeed {
  readonly agents: string[];
  readonly #values: Float64Array;
  readonly #server: Server;
  /** By scraper and agent: when it was first served a value above `from`. */
  readonly #scraped = new Map<string, number>();
  #from = Number.POSITIVE_INFINITY;

  constructor(agents: number) {
    this.agents = Array.from({ length: agents }, (_, i) => `bench-${String(i).padStart(5, '0')}`);
    this.#values = new Float64Array(agents);
    this.#server = createServer((request, response) => {
      const scraper = request.url ?? '';
      response.setHeader('content-type', 'text/plain; version=0.0.4');
      response.end(this.#page(scraper));
    });
  }

  #page(scraper: string): string {
    const now = performance.now();
    const lines = this.agents.map((agent, i) => {
      const value = this.#values[i] ?? 0;
      const key = `${scraper} ${agent}`;
      if (value > this.#from && !this.#scraped.has(key)) this.#scraped.set(key, now);
      return `bench_value{agent="${agent}"} ${value}`;
    });
    return `# TYPE bench_value gauge\n${lines.join('\n')}\n`;
  }

  /** Serves `/metrics/<scraper>`; answers with the port. */
  async listen(): Promise<number> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return (this.#server.address() as AddressInfo).port;
  }

  /** When a scraper was first given the value that breaks the rule. */
  scrapedAt(scraper: string, agent: string): number | undefined {
    return this.#scraped.get(`/metrics/${scraper} ${agent}`);
  }

  /** Sets all agents, and from which value on scrapes are noted. */
  setAll(value: number, noteFrom: number): void {
    this.#values.fill(value);
    this.#from = noteFrom;
    this.#scraped.clear();
  }

  set(index: number, value: number): Probe {
    this.#values[index] = value;
    return { agent: this.agents[index] ?? '', changedAt: performance.now() };
  }

  #resource(index: number, atNs: bigint): Buffer {
    const resource = field(1, 2, attribute(1, 'service.name', this.agents[index] ?? ''));
    const point = field(1, 2, fixed64(3, atNs), double(4, this.#values[index] ?? 0));
    return field(1, 2, resource, field(2, 2, field(2, 2, text(1, METRIC), field(5, 2, point))));
  }

  /** Sends the values of some agents as one OTLP request. */
  async send(stack: Target, from: number, count: number): Promise<void> {
    const atNs = BigInt(Date.now()) * 1_000_000n;
    const some = Array.from({ length: Math.min(count, this.agents.length - from) }, (_, i) =>
      this.#resource(from + i, atNs),
    );
    const response = await fetch(`${stack.otlpHttpUrl}/v1/metrics`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-protobuf', 'x-api-key': stack.apiKey },
      body: new Uint8Array(Buffer.concat(some)),
    });
    await response.arrayBuffer();
    if (!response.ok) throw new Error(`the feed was answered ${response.status}`);
  }

  /** Sends all agents once a second, spread over it, until it is stopped. */
  start(stack: Target, onError: (error: unknown) => void): () => void {
    const batches = Math.ceil(this.agents.length / BATCH);
    let next = 0;
    const timer = setInterval(() => {
      this.send(stack, (next++ % batches) * BATCH, BATCH).catch(onError);
    }, 1000 / batches);
    return () => clearInterval(timer);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

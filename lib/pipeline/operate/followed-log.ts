import type { LogAnswer, LogPlace, WorkloadLogLine } from '#lib/model/workload.ts';
import type { LogLine } from '#lib/ports/cluster/port.ts';

/** What is kept of a log until it is asked for; then no more is read before it was (UTF-16 code units and lines). */
const MOST_KEPT = 256 * 1024;
const MOST_LINES = 1000;
/** Once there is a first line, others that come with it are waited for so long, milliseconds. */
const GATHER_MS = 300;
/** A first line is waited for so long, milliseconds: an answer is due within 5 s. */
const PATIENCE_MS = 3500;

/** Leaves out what was told already when a log is taken up again: it comes again from the same second on. */
export function notTold(after: LogPlace | null): (line: Pick<LogLine, 'atMs'>) => boolean {
  let sameMs = 0;
  return ({ atMs }) => {
    if (after === null || atMs > after.atMs) return true;
    if (atMs < after.atMs) return false;
    sameMs += 1;
    return sameMs > after.told;
  };
}

/** Up to where these lines tell a log. */
export function placeAfter(
  lines: readonly Pick<LogLine, 'atMs'>[],
  before: LogPlace | null,
): LogPlace | null {
  const last = lines.at(-1);
  if (!last) return before;
  const told = lines.filter(({ atMs }) => atMs === last.atMs).length;
  return { atMs: last.atMs, told: before?.atMs === last.atMs ? before.told + told : told };
}

export const toldLines = (lines: readonly LogLine[]): WorkloadLogLine[] =>
  lines.map(({ atMs, text }) => ({ at: atMs, text }));

/**
 * A log that is read on while its reader asks for more: one connection for all of its questions. No more is read than
 * is kept, so that a container that writes without end waits for whoever reads it.
 */
export class FollowedLog {
  readonly #stop = new AbortController();
  #lines: LogLine[] = [];
  #kept = 0;
  #after: LogPlace | null;
  #isEnded = false;
  #failure: unknown = null;
  #news = Promise.withResolvers<void>();
  #room = Promise.withResolvers<void>();

  constructor(open: (signal: AbortSignal) => AsyncIterable<LogLine>, after: LogPlace | null) {
    this.#after = after;
    void this.#read(open(this.#stop.signal));
  }

  /** Up to where it has been told: who asks for something else has lost an answer. */
  get after(): LogPlace | null {
    return this.#after;
  }

  stop(): void {
    this.#stop.abort();
    this.#room.resolve();
  }

  /** What there is, or what comes within some seconds. @throws what the cluster answered, once the lines before it are told */
  async next(signal: AbortSignal): Promise<LogAnswer> {
    await this.#until(PATIENCE_MS, signal, () => this.#lines.length > 0 || this.#isEnded);
    if (this.#lines.length > 0 && !this.#isEnded)
      await this.#until(GATHER_MS, signal, () => this.#isFull() || this.#isEnded);
    const lines = this.#lines;
    this.#lines = [];
    this.#kept = 0;
    this.#room.resolve();
    if (lines.length === 0 && this.#failure !== null) throw this.#failure;
    this.#after = placeAfter(lines, this.#after);
    const isEnded = this.#isEnded && this.#failure === null;
    return { lines: toldLines(lines), after: this.#after, isEnded };
  }

  #isFull(): boolean {
    return this.#kept >= MOST_KEPT || this.#lines.length >= MOST_LINES;
  }

  async #until(ms: number, signal: AbortSignal, isTrue: () => boolean): Promise<void> {
    const over = AbortSignal.any([signal, AbortSignal.timeout(ms)]);
    const ended = new Promise<void>((resolve) =>
      over.addEventListener('abort', () => resolve(), { once: true }),
    );
    while (!isTrue() && !over.aborted) await Promise.race([this.#news.promise, ended]);
  }

  #tell(): void {
    this.#news.resolve();
    this.#news = Promise.withResolvers();
  }

  async #read(lines: AsyncIterable<LogLine>): Promise<void> {
    const isNew = notTold(this.#after);
    try {
      for await (const line of lines) {
        if (!isNew(line)) continue;
        this.#lines.push(line);
        this.#kept += line.text.length;
        this.#tell();
        while (this.#isFull() && !this.#stop.signal.aborted) {
          this.#room = Promise.withResolvers();
          await this.#room.promise;
        }
      }
    } catch (error) {
      if (!this.#stop.signal.aborted) this.#failure = error;
    }
    this.#isEnded = true;
    this.#tell();
  }
}

import { cutText } from '#lib/model/cut-text.ts';
import { ClusterError, type LogLine, type LogQuery } from '../port.ts';
import { createBackoff, type WatchPace } from './backoff.ts';
import { errorOfConnection } from './cluster-error.ts';
import { linesOf } from './lines.ts';
import { objectPath } from './paths.ts';
import type { Transport } from './transport.ts';

const MAX_LINE = 64 * 1024;
const PODS = { apiVersion: 'v1', kind: 'Pod', plural: 'pods' };
/** How often a log that is followed is taken up again before it is given up. */
const MAX_RESUMES = 10;

interface WrittenLine extends LogLine {
  /** To the nanosecond, as the cluster wrote it. */
  written: string;
}

function lineOf(line: string): WrittenLine | null {
  const end = line.indexOf(' ');
  const written = end < 0 ? line : line.slice(0, end);
  const atMs = Date.parse(written);
  if (Number.isNaN(atMs)) return null;
  return { written, atMs, text: end < 0 ? '' : cutText(line.slice(end + 1), MAX_LINE) };
}

function queryOf(query: LogQuery, resumeAt: string | null): Record<string, string> {
  const since = resumeAt ?? (query.sinceMs === undefined ? null : new Date(query.sinceMs).toISOString());
  return {
    container: query.container,
    timestamps: 'true',
    ...(query.isPrevious && { previous: 'true' }),
    ...(query.follow && { follow: 'true' }),
    ...(query.tailLines !== undefined && resumeAt === null && { tailLines: String(query.tailLines) }),
    ...(since !== null && { sinceTime: since }),
  };
}

/** What was told already, when a log is taken up again: everything before a moment, and so many lines of that moment. */
class Told {
  last: string | null = null;
  #ofLast = 0;
  #toSkip = 0;

  resume(): void {
    this.#toSkip = this.#ofLast;
  }

  /** Whether a line is new; lines come in the order of their times. */
  isNew({ written }: WrittenLine): boolean {
    if (this.last !== null && written < this.last) return this.#toSkip === 0;
    if (written === this.last && this.#toSkip > 0) {
      this.#toSkip -= 1;
      return false;
    }
    this.#ofLast = written === this.last ? this.#ofLast + 1 : 1;
    this.last = written;
    this.#toSkip = 0;
    return true;
  }
}

/**
 * The log of a container, line by line. While it is followed, a connection that breaks is taken up again where it
 * broke: nothing is told twice or left out (pitfall C19).
 *
 * @throws ClusterError
 */
export async function* podLogs(
  transport: Transport,
  pace: WatchPace,
  pod: { namespace: string; name: string },
  query: LogQuery,
  signal: AbortSignal,
): AsyncGenerator<LogLine> {
  const path = `${objectPath({ kind: PODS, ...pod })}/log`;
  const told = new Told();
  const backoff = createBackoff(pace);
  for (let resumes = 0; ; ) {
    try {
      const body = await transport.stream({ method: 'GET', path, query: queryOf(query, told.last) }, signal);
      for await (const line of linesOf(body, { maxLength: MAX_LINE, isCut: true })) {
        const read = lineOf(line);
        if (!read || !told.isNew(read)) continue;
        resumes = 0;
        backoff.reset();
        yield { atMs: read.atMs, text: read.text };
      }
      return;
    } catch (caught) {
      const error = errorOfConnection(caught);
      const isBreak = error.code === 'unreachable' || error.code === 'busy' || error.code === 'failed';
      resumes += 1;
      if (!query.follow || !isBreak || signal.aborted || resumes > MAX_RESUMES) throw error;
      told.resume();
      await backoff.pause(error.retryAfterMs ?? 0, signal);
      if (signal.aborted) throw new ClusterError('timeout', 'The log was not followed any longer.');
    }
  }
}

import { setTimeout as wait } from 'node:timers/promises';
import { type Dispatcher, request } from 'undici';
import type { Clock } from '#lib/kernel/clock.ts';
import { ClusterError, type ClusterMeter } from '../port.ts';
import { errorOfAnswer, errorOfConnection, isBroken } from './cluster-error.ts';
import type { Connection } from './connection.ts';

/** Longest time that one request may take, whatever its caller allows (deployment S-59). */
const REQUEST_MS = 30_000;
/** How often a read is asked again that found the cluster busy, and how long it may be told to wait. */
const READ_ATTEMPTS = 3;
const MAX_WAIT_MS = 10_000;
/** An answer that is larger ends the request: a page of 500 large objects stays below. */
const MAX_BYTES = 64 * 1024 * 1024;

export interface ClusterRequest {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** With a slash at its beginning. */
  path: string;
  query?: Readonly<Record<string, string>>;
  body?: unknown;
  /** Of the body; JSON by default. */
  contentType?: string;
}

/** Requests to one cluster: everything that goes there goes through it. */
export interface Transport {
  /** @throws ClusterError for whatever is not 2xx, and for no answer */
  json(asked: ClusterRequest, signal: AbortSignal): Promise<unknown>;
  /** The body as it comes, however long that takes. Aborting ends it. */
  stream(asked: ClusterRequest, signal: AbortSignal): Promise<Dispatcher.ResponseData['body']>;
}

type Answer = Dispatcher.ResponseData;

async function bodyText(body: Answer['body']): Promise<string> {
  const chunks: Buffer[] = [];
  let total = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    total += chunk.byteLength;
    if (total > MAX_BYTES) {
      body.destroy();
      throw new ClusterError('failed', 'The answer of the cluster is too large.');
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function header(answer: Answer, name: string): string | undefined {
  const value = answer.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

const VERBS = { GET: 'get', POST: 'create', PATCH: 'patch', DELETE: 'delete' } as const;

/** What a request is called where requests are counted: verbs of Kubernetes, a list being a get. */
function verbOf({ method, query }: ClusterRequest): string {
  return query?.watch === undefined ? VERBS[method] : 'watch';
}

/** Makes the transport of a connection; `clock` is for dates in answers alone. */
export function createTransport(
  connection: Connection,
  clock: Clock,
  meter?: Pick<ClusterMeter, 'requested'>,
): Transport {
  async function send(asked: ClusterRequest, signal: AbortSignal, bodyTimeout: number): Promise<Answer> {
    const { method, path, query, body, contentType = 'application/json' } = asked;
    const answer = await request(connection.server + path, {
      dispatcher: connection.dispatcher,
      method,
      query,
      signal,
      headersTimeout: REQUEST_MS,
      bodyTimeout,
      headers: {
        ...(await connection.headers()),
        accept: 'application/json',
        'user-agent': 'pitwall',
        ...(body !== undefined && { 'content-type': contentType }),
      },
      body: body === undefined ? null : JSON.stringify(body),
    }).catch((error: unknown) => {
      meter?.requested(verbOf(asked), errorOfConnection(error).code);
      throw error;
    });
    meter?.requested(verbOf(asked), String(answer.statusCode));
    if (answer.statusCode >= 200 && answer.statusCode < 300) return answer;
    const text = await bodyText(answer.body);
    throw errorOfAnswer(answer.statusCode, text, header(answer, 'retry-after'), clock.now());
  }

  /** Credentials that were refused may have been renewed since: once more with what is there now (deployment S-71). */
  async function asWeAreNow<Result>(attempt: () => Promise<Result>): Promise<Result> {
    try {
      return await attempt();
    } catch (error) {
      const isRefused = error instanceof ClusterError && error.code === 'unauthorized';
      if (!isRefused || !connection.reread()) throw errorOfConnection(error);
      return await attempt().catch((again: unknown) => {
        throw errorOfConnection(again);
      });
    }
  }

  async function once(asked: ClusterRequest, signal: AbortSignal): Promise<unknown> {
    const ends = AbortSignal.any([signal, AbortSignal.timeout(REQUEST_MS)]);
    return asWeAreNow(async () => {
      const answer = await send(asked, ends, REQUEST_MS);
      const text = await bodyText(answer.body);
      try {
        return text === '' ? null : JSON.parse(text);
      } catch {
        throw new ClusterError('failed', 'The cluster answered with something that is no JSON.');
      }
    });
  }

  return {
    async json(asked, signal) {
      for (let attempt = 1; ; attempt += 1) {
        try {
          return await once(asked, signal);
        } catch (error) {
          const pause = asked.method === 'GET' && attempt < READ_ATTEMPTS ? pauseBefore(error) : null;
          if (pause === null) throw error;
          await wait(pause, undefined, { signal }).catch((aborted: unknown) => {
            throw errorOfConnection(aborted);
          });
        }
      }
    },
    stream: (asked, signal) => asWeAreNow(async () => (await send(asked, signal, 0)).body),
  };
}

/**
 * How long to wait before a read is asked again, null where that would not help: a connection that had been idle may
 * have ended just when it was used, and who is busy says when it is not (pitfall C13).
 */
function pauseBefore(error: unknown): number | null {
  if (!(error instanceof ClusterError)) return null;
  if (error.code === 'unreachable') return isBroken(error) ? 0 : null;
  const isBusy = error.code === 'busy' || error.httpStatus === 503;
  if (!isBusy || error.retryAfterMs === null || error.retryAfterMs > MAX_WAIT_MS) return null;
  return error.retryAfterMs;
}

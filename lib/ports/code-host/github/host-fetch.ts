import { isAppError } from '#lib/kernel/errors.ts';
import type { OutboundClient, OutboundRequest, OutboundResponse } from '#lib/outbound/client.ts';
import type { RateGate } from './rate-gate.ts';

/** Answers that are kept for asking only whether they are still so. */
const MOST_KEPT = 500;

interface Kept {
  etag: string;
  answer: OutboundResponse;
}

type Method = NonNullable<OutboundRequest['method']>;

export interface HostFetchTools {
  send: OutboundClient['send'];
  gate: RateGate;
  /** Told of what is left of the limit of an installation, as answers say it. */
  onRemaining(remaining: number): void;
}

const NO_BODY = new Set([204, 304]);

function asResponse({ status, headers, body }: OutboundResponse): Response {
  const pairs = Object.entries(headers).flatMap(([name, value]): [string, string][] =>
    value === undefined ? [] : [[name, [value].flat().join(', ')]],
  );
  return new Response(NO_BODY.has(status) ? null : body, { status, headers: pairs });
}

/**
 * The `fetch` that Octokit is given: through the outbound client, past the gate, and with conditional requests, which
 * cost nothing of the limit while the answer is the same (deployment S-95).
 *
 * @param key whose limit counts
 */
export function createHostFetch({ send, gate, onRemaining }: HostFetchTools) {
  const kept = new Map<string, Kept>();
  const keep = (name: string, answer: OutboundResponse) => {
    const { etag } = answer.headers;
    kept.delete(name);
    if (typeof etag !== 'string' || answer.status !== 200) return;
    kept.set(name, { etag, answer });
    const [oldest] = kept.keys();
    if (kept.size > MOST_KEPT && oldest !== undefined) kept.delete(oldest);
  };
  const note = (key: string, { status, headers, body }: OutboundResponse) => {
    gate.note(key, status, headers, body);
    const left = headers['x-ratelimit-remaining'];
    if (typeof left === 'string' && /^\d+$/.test(left)) onRemaining(Number(left));
  };
  return (key: string): typeof fetch =>
    async (input, init = {}) => {
      gate.pass(key);
      const url = String(input);
      const method = (init.method ?? 'GET') as Method;
      const name = `${key} ${url}`;
      const known = method === 'GET' ? kept.get(name) : undefined;
      const headers = {
        ...(init.headers as Record<string, string>),
        ...(known && { 'if-none-match': known.etag }),
      };
      const body = typeof init.body === 'string' ? { body: init.body } : {};
      const answer = await send({ url, method, headers, ...body });
      note(key, answer);
      if (answer.status === 304 && known) return asResponse(known.answer);
      if (method === 'GET') keep(name, answer);
      return asResponse(answer);
    };
}

/** What the outbound client or the gate threw, wherever Octokit wrapped it. */
export function ownErrorIn(error: unknown): unknown {
  for (let cause = error; cause instanceof Error; cause = cause.cause) if (isAppError(cause)) return cause;
  return undefined;
}

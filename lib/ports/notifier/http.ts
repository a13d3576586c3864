import { isAppError } from '#lib/kernel/errors.ts';
import type { OutboundClient, OutboundRequest, OutboundResponse } from '#lib/outbound/client.ts';
import type { SendOutcome } from './port.ts';

const MAX_ERROR = 200;

/** Milliseconds of a Retry-After in seconds or as a date; null where there is none that makes sense. */
function retryAfterMs(header: string | string[] | undefined, nowMs: number): number | null {
  const text = Array.isArray(header) ? header[0] : header;
  if (text === undefined) return null;
  const ms = /^\d+$/.test(text.trim()) ? Number(text) * 1000 : Date.parse(text) - nowMs;
  return Number.isFinite(ms) && ms > 0 ? ms : null;
}

/** What an answer means (alerting S90, S91). A redirect is not followed, so it is a refusal too. */
function judge(answer: OutboundResponse, nowMs: number): SendOutcome | null {
  const { status: httpStatus, headers, body } = answer;
  if (httpStatus >= 200 && httpStatus < 300) return null;
  const said = body.replaceAll(/\s+/g, ' ').trim().slice(0, MAX_ERROR);
  const error = `The receiver answered ${httpStatus}${said === '' ? '' : `: ${said}`}`;
  if (httpStatus === 429 || httpStatus >= 500)
    return { kind: 'retry', error, httpStatus, retryAfterMs: retryAfterMs(headers['retry-after'], nowMs) };
  return { kind: 'refused', error, httpStatus };
}

function failure(error: unknown): SendOutcome {
  const words = isAppError(error) ? error.message : 'The message could not be sent.';
  const again = !isAppError(error) || error.code === 'unavailable';
  return again
    ? { kind: 'retry', error: words, httpStatus: null, retryAfterMs: null }
    : { kind: 'refused', error: words, httpStatus: null };
}

/**
 * Sends one request and says what became of it.
 *
 * @param read what a good answer means; default: it was delivered
 */
export async function attempt(
  client: OutboundClient,
  request: OutboundRequest & { atMs: number },
  read: (answer: OutboundResponse) => SendOutcome = ({ status }) => ({
    kind: 'delivered',
    providerId: null,
    httpStatus: status,
  }),
): Promise<SendOutcome> {
  const { atMs, ...rest } = request;
  try {
    const answer = await client.send({ method: 'POST', ...rest });
    return judge(answer, atMs) ?? read(answer);
  } catch (error) {
    return failure(error);
  }
}

/** The same with a JSON body. */
export function postJson(
  client: OutboundClient,
  request: {
    url: string;
    headers?: Record<string, string>;
    body: unknown;
    atMs: number;
    signal: AbortSignal;
  },
  read?: (answer: OutboundResponse) => SendOutcome,
): Promise<SendOutcome> {
  const headers = { 'content-type': 'application/json', ...request.headers };
  return attempt(client, { ...request, headers, body: JSON.stringify(request.body) }, read);
}

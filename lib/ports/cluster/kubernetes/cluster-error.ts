import { cutText } from '#lib/model/cut-text.ts';
import { numberAt, recordsAt, textAt } from '#lib/model/json-fields.ts';
import { BlockedTarget } from '#lib/outbound/filtered-lookup.ts';
import { ClusterError, type ClusterErrorCode } from '../port.ts';

const MAX_MESSAGE = 2000;

const BY_STATUS: Readonly<Record<number, ClusterErrorCode>> = {
  400: 'invalid',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not_found',
  405: 'invalid',
  406: 'invalid',
  409: 'conflict',
  410: 'expired',
  413: 'invalid',
  415: 'invalid',
  422: 'invalid',
  429: 'busy',
  504: 'timeout',
};

/** Which field belongs to whom, out of a refused apply (deployment S-03). */
function conflictCauses(status: unknown): { field: string; manager: string }[] {
  return recordsAt(status, 'details', 'causes')
    .filter((cause) => textAt(cause, 'reason') === 'FieldManagerConflict')
    .map((cause) => {
      const message = textAt(cause, 'message') ?? '';
      const manager = /conflict with "((?:[^"\\]|\\.)*)"/.exec(message)?.[1] ?? message;
      return { field: textAt(cause, 'field') ?? '', manager };
    });
}

/** Seconds or a date, as HTTP has it; null where there is none. */
function retryAfterMs(header: string | undefined, nowMs: number): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d{1,9}$/.test(header)) return Number(header) * 1000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? undefined : Math.max(0, at - nowMs);
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return null;
  }
}

/** What a Status says, as an error; `status` is the HTTP status or the code that stands in it. */
function errorOfStatus(status: number, said: unknown, more: { retryAfterMs?: number } = {}): ClusterError {
  const causes = conflictCauses(said);
  const byNumber = BY_STATUS[status] ?? (status >= 500 ? 'failed' : 'invalid');
  const message = textAt(said, 'message') || `The cluster answered ${status}.`;
  return new ClusterError(causes.length > 0 ? 'field_conflict' : byNumber, cutText(message, MAX_MESSAGE), {
    httpStatus: status,
    causes,
    ...more,
  });
}

/** The error of an answer that is none of 2xx; a body that is no Status is not shown: it may be a proxy's page. */
export function errorOfAnswer(
  status: number,
  body: string,
  retryAfter: string | undefined,
  nowMs: number,
): ClusterError {
  if (status >= 300 && status < 400)
    return new ClusterError(
      'failed',
      `The cluster answered ${status}: it leads elsewhere, which is not followed.`,
      {
        httpStatus: status,
      },
    );
  const wait = retryAfterMs(retryAfter, nowMs);
  return errorOfStatus(status, parsed(body), wait === undefined ? {} : { retryAfterMs: wait });
}

/** The error of an ERROR event in the stream of a watch: its object is a Status. */
export function errorOfEvent(status: unknown): ClusterError {
  return errorOfStatus(numberAt(status, 'code') ?? 500, status);
}

const UNTRUSTED: Readonly<Record<string, string>> = {
  SELF_SIGNED_CERT_IN_CHAIN:
    'its certificate is by an authority of its own: give that authority’s certificate (CA)',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed: give that certificate as the CA',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    'its certificate is by an authority that is not known: give its certificate (CA)',
  UNABLE_TO_GET_ISSUER_CERT:
    'its certificate is by an authority that is not known: give its certificate (CA)',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    'its certificate is by an authority that is not known: give its certificate (CA)',
  CERT_SIGNATURE_FAILURE: 'its certificate is not by the authority (CA) that was given',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name than the address has',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet',
};

const UNREACHABLE: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection broke',
  EPIPE: 'the connection broke',
  UND_ERR_SOCKET: 'the connection broke',
  ENOTFOUND: 'its name is not known',
  EAI_AGAIN: 'its name could not be looked up',
  EHOSTUNREACH: 'there is no way to its address',
  ENETUNREACH: 'there is no way to its address',
};

const SLOW = ['UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'ETIMEDOUT'];

const BROKEN = ['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'];

/** An error and what caused it, to the bottom; connecting to several addresses fails with several. */
function* causesOf(error: unknown): Generator<Error> {
  if (!(error instanceof Error)) return;
  yield error;
  if (error instanceof AggregateError) for (const inner of error.errors) yield* causesOf(inner);
  yield* causesOf(error.cause);
}

const codeOf = (error: Error): string => String((error as NodeJS.ErrnoException).code ?? '');

/** Whether a connection broke that had been there: one that was idle may end just when it is used. */
export function isBroken(error: unknown): boolean {
  return [...causesOf(error)].some((cause) => BROKEN.includes(codeOf(cause)));
}

/** Why there was no answer, in words (pitfall C16). What the library says of it stays in `cause`, for the log. */
export function errorOfConnection(error: unknown): ClusterError {
  if (error instanceof ClusterError) return error;
  const causes = [...causesOf(error)];
  const codes = causes.map(codeOf);
  const find = (table: Readonly<Record<string, string>>) =>
    codes.map((code) => table[code]).find((words) => words);
  const made = (code: ClusterErrorCode, message: string) =>
    Object.assign(new ClusterError(code, message), { cause: error });
  const isAborted = causes.some(({ name }) => name === 'AbortError' || name === 'TimeoutError');
  if (isAborted || codes.some((code) => SLOW.includes(code)))
    return made('timeout', 'The cluster did not answer in time.');
  const untrusted = find(UNTRUSTED);
  if (untrusted) return made('untrusted', `The cluster is not trusted: ${untrusted}.`);
  if (causes.some((cause) => cause instanceof BlockedTarget))
    return made(
      'unreachable',
      'The address of the cluster leads inside the network. An admin can open it with OUTBOUND_ALLOW.',
    );
  return made(
    'unreachable',
    `The cluster could not be reached: ${find(UNREACHABLE) ?? 'the connection failed'}.`,
  );
}

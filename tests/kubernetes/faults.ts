import { ServerResponse } from 'node:http';
import { resetConnection } from './reset-connection.ts';
import type { ApiRequest } from './rest/api-request.ts';
import { StatusError } from './status-error.ts';

/**
 * How a request goes wrong: an answer of that status, a broken connection, or no answer at all. `hang`: nothing is done
 * either; `unanswered`: it is carried out, and whoever asked does not hear of it.
 */
export type Fault =
  | { status: number; reason?: string; message?: string; retryAfterSeconds?: number }
  | 'reset'
  | 'hang'
  | 'unanswered';

/** Which requests: all fields that are given must fit. */
export interface RequestFilter {
  verb?: string;
  /** The plural of the kind. */
  resource?: string;
  subresource?: string;
  namespace?: string;
  name?: string;
  isDryRun?: boolean;
}

export function fits(api: ApiRequest, filter: RequestFilter): boolean {
  const asked = {
    verb: api.verb,
    resource: api.plural,
    subresource: api.subresource,
    namespace: api.namespace,
    name: api.name,
    isDryRun: api.query.has('dryRun'),
  };
  return Object.entries(filter).every(
    ([field, wanted]) => wanted === undefined || asked[field as keyof typeof asked] === wanted,
  );
}

interface Planned {
  fault: Fault;
  filter: RequestFilter;
  left: number;
}

/** What goes wrong, as tests plan it. */
export class Faults {
  #planned: Planned[] = [];
  #thaw: (() => void) | null = null;
  #frozen: Promise<void> = Promise.resolve();

  /** The next requests that fit go wrong this way; the answer takes it back. */
  plan(fault: Fault, filter: RequestFilter, times: number): () => void {
    const planned = { fault, filter, left: times };
    this.#planned.push(planned);
    return () => {
      this.#planned = this.#planned.filter((other) => other !== planned);
    };
  }

  /** Requests are taken and not answered until it thaws. */
  freeze(): void {
    if (this.#thaw) return;
    this.#frozen = new Promise((resolve) => {
      this.#thaw = resolve;
    });
  }

  thaw(): void {
    this.#thaw?.();
    this.#thaw = null;
  }

  get isFrozen(): boolean {
    return this.#thaw !== null;
  }

  untilThawed(): Promise<void> {
    return this.#frozen;
  }

  /**
   * Where the answer goes; null where the request is dealt with.
   *
   * @throws StatusError where it is answered with an error
   */
  strike(api: ApiRequest, response: ServerResponse): ServerResponse | null {
    const planned = this.#planned.find(({ filter, left }) => left > 0 && fits(api, filter));
    if (!planned) return response;
    planned.left -= 1;
    const { fault } = planned;
    if (fault === 'hang') return null;
    // No connection belongs to it: what is written there is read by nobody.
    if (fault === 'unanswered') return new ServerResponse(response.req);
    if (fault === 'reset') {
      resetConnection(response);
      return null;
    }
    throw faultError(fault);
  }
}

const REASONS: Record<number, [string, string]> = {
  401: ['Unauthorized', 'Unauthorized'],
  403: ['Forbidden', 'forbidden'],
  410: ['Expired', 'The resourceVersion for the provided list is too old.'],
  429: ['TooManyRequests', 'The server has received too many requests and has asked us to try again later'],
  500: ['InternalError', 'Internal error occurred: etcdserver: request timed out'],
  503: ['ServiceUnavailable', 'the server is currently unable to handle the request'],
};

function faultError(fault: Exclude<Fault, string>): StatusError {
  const [reason, message] = REASONS[fault.status] ?? ['Unknown', 'unknown'];
  const details = fault.retryAfterSeconds === undefined ? {} : { retryAfterSeconds: fault.retryAfterSeconds };
  return new StatusError(fault.status, fault.reason ?? reason, fault.message ?? message, details);
}

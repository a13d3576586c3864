import { fits, type RequestFilter } from './faults.ts';
import type { ApiRequest } from './rest/api-request.ts';

/** A request as it came, and the status it was answered with (0 while or where it was not). */
export interface SeenRequest extends ApiRequest {
  body: string;
  status: number;
}

/** Every request, in the order of their coming: shows leaks, storms and what was really sent. */
export class RequestLog {
  readonly requests: SeenRequest[] = [];

  add(api: ApiRequest, body: string): SeenRequest {
    const seen = { ...api, body, status: 0 };
    this.requests.push(seen);
    return seen;
  }

  matching(filter: RequestFilter = {}): SeenRequest[] {
    return this.requests.filter((seen) => fits(seen, filter));
  }

  /** `{ list: 2, watch: 1 }` */
  byVerb(): Record<string, number> {
    const groups = Map.groupBy(this.requests, (seen) => seen.verb);
    return Object.fromEntries([...groups].map(([verb, all]) => [verb, all.length]));
  }

  clear(): void {
    this.requests.length = 0;
  }
}

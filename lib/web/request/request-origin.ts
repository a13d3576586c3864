import { randomUUID } from 'node:crypto';
import type { Origin } from '#lib/access/actor.ts';

/** Request headers as Next and fetch give them. */
export interface ReadableHeaders {
  get(name: string): string | null;
}

/** Where a request came from, as the ledger keeps it. The forwarding header was settled by the server. */
export function originOf(headers: ReadableHeaders): Origin {
  const hops = headers.get('x-forwarded-for')?.split(',') ?? [];
  return {
    ip: hops.at(-1)?.trim() || null,
    userAgent: headers.get('user-agent')?.slice(0, 500) ?? null,
    requestId: randomUUID(),
  };
}

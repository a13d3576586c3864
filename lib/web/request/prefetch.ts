import type { IncomingHttpHeaders } from 'node:http';
import { notOurs } from './not-ours.ts';

/** What the router of our pages says when it asks for a page before anybody goes there. */
const STATIC = '1';

/**
 * Refuses a prefetch of a kind that our pages do not ask for (security N10): those that render at run time need pages
 * with cached components, and Next writes an error for every other page that it is asked for so.
 *
 * @throws AppError `invalid`
 */
export function settlePrefetch(headers: IncomingHttpHeaders): void {
  const kind = headers['next-router-prefetch'];
  if (kind !== undefined && kind !== STATIC) throw notOurs();
}

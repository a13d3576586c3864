import type { IncomingHttpHeaders } from 'node:http';
import { parseAndValidateFlightRouterState } from 'next/dist/server/app-render/parse-and-validate-flight-router-state.js';
import { refuseDeep } from '../read-json.ts';
import { notOurs } from './not-ours.ts';

/** Where the router of our pages says which parts of a page it has. */
const STATE = 'next-router-state-tree';

/**
 * Refuses a router state that Next's own reader does not take, or that is nested so deeply that how far the reader
 * gets depends on where it is called (security N10). Next would answer it with 500: on an address that has no page
 * always, elsewhere where `_rsc` in the search fits it (else it leads there first).
 *
 * @throws AppError `invalid`
 */
export function settleRouterState(headers: IncomingHttpHeaders): void {
  const state = headers[STATE];
  if (state === undefined) return;
  try {
    refuseDeep(decodeURIComponent(String(state)));
    parseAndValidateFlightRouterState(state);
  } catch (cause) {
    throw notOurs(cause);
  }
}

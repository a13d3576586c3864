import type { z } from 'zod';
import type { Handler } from '#lib/web/route.ts';
import { type VerbRouteOptions, verbRoute } from '#lib/web/verb-route.ts';
import type { Operation } from './operation.ts';

/** The route handler of a row of the table: `export const GET = operationRoute(operations.listAgents)`. */
export function operationRoute<S extends z.ZodType, R>(
  { verb, status, idIs = 'id' }: Operation<S, R>,
  options: Pick<VerbRouteOptions<R>, 'respond' | 'personBudget' | 'isUrgent' | 'teamFor'> = {},
): Handler {
  const prepare = ({ id, ...given }: Record<string, unknown>) =>
    id === undefined ? given : { ...given, [idIs]: id };
  return verbRoute(verb, { status, prepare, ...options });
}

import type { z } from 'zod';
import type { Actor } from '#lib/access/actor.ts';
import { type Command, execute } from '#lib/command/define-command.ts';
import { ask, type Query } from '#lib/command/define-query.ts';
import type { BudgetName } from '#lib/compose/web.ts';
import { AppError } from '#lib/kernel/errors.ts';
import { readJson } from './read-json.ts';
import { type Door, type Handler, type Params, route, type TeamFor } from './route.ts';

const API_BUDGETS: readonly BudgetName[] = ['api', 'apiHour'];

export interface VerbRouteOptions<R> {
  /** Default: either. */
  door?: Door;
  /** Default: the budgets of `/api/v1` for keys, `personBudget` for people. */
  budgets?: readonly BudgetName[];
  /** Default: that of page data. */
  personBudget?: BudgetName;
  /** Must get through while everything else waits for the database. */
  isUrgent?: boolean;
  /** Default: the team that a person looks at. */
  teamFor?: TeamFor;
  /** Turns body, search and path parameters into the verb's input; default: all of them together. */
  prepare?: (given: Record<string, unknown>) => unknown;
  /** Status of a good answer; 204 sends no body. Default 200. */
  status?: number;
  /** Makes the answer; default: the result as JSON. */
  respond?: (result: R, request: Request) => Response;
}

/** Search parameters as an object; one that is repeated becomes a list. */
function queryOf(request: Request): Record<string, string | string[]> {
  const search = new URL(request.url).searchParams;
  return Object.fromEntries(
    [...new Set(search.keys())].map((name) => {
      const values = search.getAll(name);
      return [name, values.length === 1 ? (values[0] ?? '') : values];
    }),
  );
}

/** Whether the request says that it brings a body; the stream is there in any case. */
function bringsBody({ method, headers, body }: Request): boolean {
  if (body === null || method === 'GET' || method === 'DELETE') return false;
  const length = Number(headers.get('content-length') ?? 0);
  return headers.has('content-type') || headers.has('transfer-encoding') || length > 0;
}

/** The body's fields, the search parameters and the path's, the last winning; the verb's schema decides what counts. */
async function inputOf(request: Request, params: Params): Promise<Record<string, unknown>> {
  const body = bringsBody(request) ? await readJson(request) : {};
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new AppError('invalid', 'The body must be a JSON object.');
  }
  return { ...body, ...queryOf(request), ...params };
}

/**
 * Binds a query or a command to a route handler: `export const GET = verbRoute(listAgents)`. A command
 * never answers GET (security N3).
 */
export function verbRoute<S extends z.ZodType, R>(
  verb: Query<S, R> | Command<S, R>,
  options: VerbRouteOptions<R> = {},
): Handler {
  const {
    door = 'either',
    personBudget = 'pageData',
    budgets = (actor: Actor) => (actor.kind === 'user' ? [personBudget] : API_BUDGETS),
    status = 200,
    isUrgent = false,
    teamFor,
    prepare = (given) => given,
    respond = (result: R) => Response.json(result, { status }),
  } = options;
  return route({
    door,
    budgets,
    isUrgent,
    teamFor,
    async handle({ request, params, actor, context }) {
      if (verb.kind === 'command' && request.method === 'GET') throw new AppError('not_found', 'Not found.');
      const input = prepare(await inputOf(request, params));
      const result =
        verb.kind === 'command'
          ? await execute(context, actor, verb, input)
          : await ask(context, actor, verb, input);
      return status === 204 ? new Response(null, { status }) : respond(result, request);
    },
  });
}

import type { Actor, UserActor } from '#lib/access/actor.ts';
import { type BudgetName, onReserved, type WebContext, webContext } from '#lib/compose/web.ts';
import { AppError } from '#lib/kernel/errors.ts';
import { actorIn } from '#lib/members/find-session.ts';
import { describeFailure } from './failure.ts';
import { webMetrics } from './metrics.ts';
import { problem } from './problem.ts';
import { originOf } from './request/request-origin.ts';
import { requireSameOrigin } from './request/same-origin.ts';
import { findSignedIn, type SignedIn } from './session.ts';

export type Params = Record<string, string | string[] | undefined>;
type NextContext = { params: Promise<Params> };
export type Handler = (request: Request, context: NextContext) => Promise<Response>;

/** Who may knock: a machine with its key, a signed-in person, or either. */
export type Door = 'key' | 'session' | 'either';

/** Says in which of their teams a signed-in person acts. */
export type TeamFor = (
  context: WebContext,
  signedIn: SignedIn,
  params: Params,
  request: Request,
) => Promise<string>;

interface RouteOptions<A extends Actor> {
  door: Door;
  /** Budgets that are taken from, by key or person; they may depend on which of them knocks. */
  budgets: readonly BudgetName[] | ((actor: Actor) => readonly BudgetName[]);
  /** Must get through while everything else waits for the database: it has connections of its own. */
  isUrgent?: boolean;
  /** Default: the team that they look at. */
  teamFor?: TeamFor;
  handle(args: { request: Request; params: Params; actor: A; context: WebContext }): Promise<Response>;
}

/** Ways to send a key that a browser never takes by itself. */
function hasKey(request: Request): boolean {
  return request.headers.has('authorization') || request.headers.has('x-api-key');
}

async function authenticate(
  context: WebContext,
  request: Request,
  params: Params,
  { door, teamFor }: Pick<RouteOptions<Actor>, 'door' | 'teamFor'>,
): Promise<Actor> {
  if (door !== 'session' && (door === 'key' || hasKey(request))) {
    const headers = {
      authorization: request.headers.get('authorization') ?? undefined,
      'x-api-key': request.headers.get('x-api-key') ?? undefined,
    };
    return context.keys.authenticate(headers, originOf(request.headers));
  }
  const signedIn = await findSignedIn(context);
  if (!signedIn) {
    const how = door === 'session' ? 'Sign in.' : 'Sign in, or send an API key.';
    throw new AppError('unauthenticated', how);
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    requireSameOrigin(request.headers, context.config.app.allowedOrigins);
  }
  const { session, actor } = signedIn;
  const teamId = (await teamFor?.(context, signedIn, params, request)) ?? actor.teamId;
  return actorIn(session, teamId, actor.origin) ?? actor;
}

async function takeBudgets(context: WebContext, actor: Actor, names: readonly BudgetName[]): Promise<void> {
  const key = actor.kind === 'key' ? actor.keyId : actor.kind === 'user' ? actor.userId : actor.name;
  for (const name of names) await context.budgets[name].take(key);
}

async function answer(
  options: RouteOptions<Actor> & { door: Door },
  context: WebContext,
  request: Request,
  given: Promise<Params>,
): Promise<Response> {
  try {
    const params = await given;
    const actor = await authenticate(context, request, params, options);
    const { budgets } = options;
    await takeBudgets(context, actor, typeof budgets === 'function' ? budgets(actor) : budgets);
    const response = await options.handle({ request, params, actor, context });
    if (!response.headers.has('cache-control')) response.headers.set('cache-control', 'no-store');
    return response;
  } catch (error) {
    return problem(describeFailure(error, context.log));
  }
}

/**
 * Makes a route handler: authentication, own origin for mutations by cookie (security N3), budgets, and
 * errors as problem documents. Answers are never kept by caches.
 */
export function route<D extends Door>(
  options: RouteOptions<D extends 'session' ? UserActor : Actor> & { door: D },
): Handler {
  return async (request, { params }) => {
    const whole = await webContext();
    const context = options.isUrgent ? onReserved(whole) : whole;
    const response = await answer(options as RouteOptions<Actor>, context, request, params);
    webMetrics().requests.inc({ method: request.method, status: response.status });
    return response;
  };
}

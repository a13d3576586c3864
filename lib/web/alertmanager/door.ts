import type { Actor } from '#lib/access/actor.ts';
import { findIntegration, type Integration } from '#lib/alerts/integrations/queries.ts';
import { type WebContext, webContext } from '#lib/compose/web.ts';
import { AppError, HTTP_STATUS } from '#lib/kernel/errors.ts';
import { describeFailure } from '../failure.ts';
import { webMetrics } from '../metrics.ts';
import { originOf } from '../request/request-origin.ts';
import type { Handler } from '../route.ts';

/**
 * The Alertmanager API as its clients know it: Prometheus sends, amtool and karma read. This file is its door: who
 * knocks, and errors in the words of that API.
 */

/** A sender with its secret, or an API key. */
interface Caller {
  actor: Actor;
  /** Set for a sender: only senders may post alerts. */
  sender: Integration | null;
}

interface AlertmanagerRequest extends Caller {
  request: Request;
  context: WebContext;
}

export type AlertmanagerOperation = (given: AlertmanagerRequest, id: string) => Promise<Response>;

const MOST_SECRET = 512;

/** The secret of `Authorization`: a bearer token, or the password of basic authentication. */
function secretOf(request: Request): string {
  const header = request.headers.get('authorization') ?? '';
  const bearer = /^bearer +(\S+) *$/i.exec(header)?.[1];
  const basic = /^basic +([A-Za-z0-9+/=]+) *$/i.exec(header)?.[1];
  const secret =
    bearer ??
    Buffer.from(basic ?? '', 'base64')
      .toString('utf8')
      .split(':')
      .slice(1)
      .join(':');
  if (secret === '' || secret.length > MOST_SECRET)
    throw new AppError('unauthenticated', 'Send the secret of an integration, or an API key.');
  return secret;
}

async function authenticate(
  context: WebContext,
  request: Request,
  integrationId: string | undefined,
): Promise<Caller> {
  const secret = secretOf(request);
  const origin = originOf(request.headers);
  const sender = await findIntegration(context.db, secret);
  if (sender === null) {
    const actor = await context.keys.authenticate({ authorization: `Bearer ${secret}` }, origin);
    return { actor, sender };
  }
  if (integrationId !== undefined && integrationId !== sender.id)
    throw new AppError('unauthenticated', 'This is the secret of another integration.');
  const name = `integration ${sender.name}`;
  return { actor: { kind: 'system', name, teamId: sender.teamId, grants: ['alerts:read'], origin }, sender };
}

/** Errors as Alertmanager answers them: a JSON string; what is not valid is a bad request there. */
function refusal(error: unknown, context: WebContext): Response {
  const failure = describeFailure(error, context.log);
  const status = failure.code === 'invalid' ? 400 : HTTP_STATUS[failure.code];
  const issues = failure.issues.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`));
  const headers = new Headers({ 'cache-control': 'no-store' });
  if (status === 401) headers.set('www-authenticate', 'Basic realm="alerts"');
  if (failure.retryAfterSeconds !== undefined) headers.set('retry-after', String(failure.retryAfterSeconds));
  return Response.json([failure.message, ...issues].join(' '), { status, headers });
}

/** Finds the operation of a path below `/api/v2/`; the last part of a silence's path is its id. */
function find(
  table: Readonly<Record<string, AlertmanagerOperation>>,
  method: string,
  path: readonly string[],
): [AlertmanagerOperation, string] {
  const [first, second = '', ...more] = path;
  const whole = table[`${method} ${path.join('/')}`];
  if (whole) return [whole, ''];
  const byId = more.length === 0 ? table[`${method} ${first}/{id}`] : undefined;
  if (!byId) throw new AppError('not_found', 'There is no such path.');
  return [byId, second];
}

/** Makes the route handler of a table of operations: authentication, budgets, errors. */
export function alertmanagerRoute(table: Readonly<Record<string, AlertmanagerOperation>>): Handler {
  return async (request, { params }) => {
    const context = await webContext();
    let response: Response;
    try {
      const { path = [], id: integrationId } = await params;
      const own = typeof integrationId === 'string' ? integrationId : undefined;
      const caller = await authenticate(context, request, own);
      await context.budgets.alerts.take(caller.sender?.id ?? caller.actor.teamId);
      const [operation, id] = find(table, request.method, [path].flat());
      response = await operation({ ...caller, request, context }, id);
      if (!response.headers.has('cache-control')) response.headers.set('cache-control', 'no-store');
    } catch (error) {
      response = refusal(error, context);
    }
    webMetrics().requests.inc({ method: request.method, status: response.status });
    return response;
  };
}

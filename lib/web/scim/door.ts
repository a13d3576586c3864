/**
 * SCIM 2.0 as provisioning clients speak it. This file is its door: who knocks, limits, and errors in the words of
 * RFC 7644.
 */
import type { SystemActor } from '#lib/access/actor.ts';
import { type WebContext, webContext } from '#lib/compose/web.ts';
import { networkOf } from '#lib/kernel/client-address.ts';
import { AppError, HTTP_STATUS } from '#lib/kernel/errors.ts';
import { systemActor } from '#lib/members/default-team.ts';
import { liveIssuers } from '#lib/members/providers/live-issuers.ts';
import { findScimClient } from '#lib/members/provisioning/token.ts';
import { SCIM } from '#lib/model/scim.ts';
import { describeFailure, type Failure } from '../failure.ts';
import { webMetrics } from '../metrics.ts';
import { readJson } from '../read-json.ts';
import { originOf } from '../request/request-origin.ts';
import type { Handler } from '../route.ts';
import { scimJson } from './present.ts';

/** Largest body: a group of thousands of members. */
const MAX_BODY_BYTES = 1024 * 1024;

export interface ScimRequest {
  context: WebContext;
  actor: SystemActor;
  /** The client, by the id of its token. */
  client: string;
  /** The provider whose people the client keeps. */
  issuer: string;
  /** Address of the service, for locations. */
  base: string;
  search: URLSearchParams;
  /** The JSON body, counted while it streams in. */
  body(): Promise<unknown>;
}

export type ScimOperation = (given: ScimRequest, id: string) => Promise<Response>;

async function authenticate(
  context: WebContext,
  request: Request,
): Promise<Pick<ScimRequest, 'actor' | 'client' | 'issuer'>> {
  const origin = originOf(request.headers);
  const token = /^bearer +(\S+) *$/i.exec(request.headers.get('authorization') ?? '')?.[1] ?? '';
  const client = await findScimClient(context.db, token, new Date(context.clock.now()));
  if (!client) {
    await context.budgets.signIn.take(`provisioning:${networkOf(origin.ip)}`);
    throw new AppError(
      'unauthenticated',
      'A valid provisioning token is needed: Authorization: Bearer <token>.',
    );
  }
  await context.budgets.provisioning.take(client.id);
  if (!(await liveIssuers(context.db, context.deps)).includes(client.issuer))
    throw new AppError('forbidden', 'The identity provider of this token lets nobody in: enable it first.');
  const actor = await systemActor(context.db, `provisioning ${client.name}`, ['accounts:provision'], origin);
  return { actor, client: client.id, issuer: client.issuer };
}

/** The error types of RFC 7644, section 3.12, by the field that was refused. */
const SCIM_TYPES: Readonly<Record<string, string>> = {
  filter: 'invalidFilter',
  path: 'invalidPath',
  noTarget: 'noTarget',
  body: 'invalidSyntax',
};

function scimType({ code, issues }: Failure): string | null {
  if (code === 'conflict') return 'uniqueness';
  if (code !== 'invalid') return null;
  return SCIM_TYPES[issues[0]?.path ?? ''] ?? 'invalidValue';
}

/** What is no id names nothing. */
function seen(failure: Failure): Failure {
  if (failure.code !== 'invalid' || failure.issues[0]?.path !== 'id') return failure;
  return { code: 'not_found', message: 'There is no such resource.', issues: [] };
}

/** What cannot be meant is a bad request there. */
function refusal(error: unknown, context: WebContext): Response {
  const failure = seen(describeFailure(error, context.log));
  const status = failure.code === 'invalid' ? 400 : HTTP_STATUS[failure.code];
  const type = scimType(failure);
  const detail = failure.issues[0]?.message ?? failure.message;
  const body = { schemas: [SCIM.error], status: String(status), ...(type && { scimType: type }), detail };
  return scimJson(body, status, {
    ...(status === 401 && { 'www-authenticate': 'Bearer' }),
    ...(failure.retryAfterSeconds !== undefined && { 'retry-after': String(failure.retryAfterSeconds) }),
  });
}

/** Finds the operation of a path below `/scim/v2`; the last part of a path may be an id. */
function find(
  table: Readonly<Record<string, ScimOperation>>,
  method: string,
  path: readonly string[],
): [ScimOperation, string] {
  const [first = '', second] = path;
  const key = `${method} ${second === undefined ? first : `${first}/{id}`}`;
  const operation = path.length <= 2 && Object.hasOwn(table, key) ? table[key] : undefined;
  if (!operation) throw new AppError('not_found', 'There is no such resource.');
  return [operation, second ?? ''];
}

/** What a client sends as SCIM is JSON. */
const JSON_TYPES = ['application/scim+json', 'application/json'];

/** Makes the route handler of a table of operations: authentication, budgets, errors. */
export function scimRoute(table: Readonly<Record<string, ScimOperation>>): Handler {
  return async (request, { params }) => {
    const context = await webContext();
    let response: Response;
    try {
      const client = await authenticate(context, request);
      const { path = [] } = await params;
      const [operation, id] = find(table, request.method, [path].flat());
      const base = `${context.config.app.url}/scim/v2`;
      const { searchParams: search } = new URL(request.url);
      const body = () => readJson(request, MAX_BODY_BYTES, JSON_TYPES);
      response = await operation({ ...client, context, base, search, body }, id);
    } catch (error) {
      response = refusal(error, context);
    }
    webMetrics().requests.inc({ method: request.method, status: response.status });
    return response;
  };
}

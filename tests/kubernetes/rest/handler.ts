import type { IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { reviewAccess, reviewRules } from '../access/access-review.ts';
import { reviewSpecOf } from '../access/protobuf-review.ts';
import { requireAccess, type Tokens, type User } from '../access/users.ts';
import type { Faults } from '../faults.ts';
import type { LogStore } from '../logs/log-store.ts';
import { answerLogs } from '../logs/pod-logs.ts';
import type { Fields } from '../objects.ts';
import type { RequestLog, SeenRequest } from '../request-log.ts';
import { noSuchPath, notFound, StatusError } from '../status-error.ts';
import type { Kind } from '../storage/kinds.ts';
import type { ClusterState } from '../storage/state.ts';
import { type ApiRequest, asDiscovery, readApiRequest } from './api-request.ts';
import { readJson } from './bodies.ts';
import { discover } from './discovery.ts';
import type { Lists } from './list.ts';
import * as verbs from './verbs.ts';
import type { Watches } from './watches.ts';

/** Everything that answering a request needs. */
export interface ServerParts {
  state: ClusterState;
  tokens: Tokens;
  faults: Faults;
  requests: RequestLog;
  lists: Lists;
  watches: Watches;
  logs: LogStore;
}

const VERBS: Record<string, (call: verbs.Call) => verbs.Answer> = {
  get: verbs.getObject,
  create: verbs.postObject,
  update: verbs.putObject,
  patch: verbs.patchObject,
  delete: verbs.removeObject,
  deletecollection: verbs.removeCollection,
};

function send(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}

function sendError(response: ServerResponse, error: unknown): void {
  if (response.headersSent) return void response.destroy();
  const known =
    error instanceof StatusError
      ? error
      : new StatusError(500, 'InternalError', `Internal error occurred: ${String(error)}`);
  const wait = known.details.retryAfterSeconds;
  send(response, known.code, known.body, wait === undefined ? {} : { 'retry-after': String(wait) });
}

/** Reviews are answered, never stored; null where the path is none. */
function review(api: ApiRequest, user: User, body: Buffer): verbs.Answer | null {
  if (api.group !== 'authorization.k8s.io' || api.verb !== 'create') return null;
  const spec = reviewSpecOf(body) ?? (readJson(body.toString()) as Fields).spec;
  if (api.plural === 'selfsubjectaccessreviews') return { status: 201, body: reviewAccess(user, spec) };
  if (api.plural === 'selfsubjectrulesreviews') return { status: 201, body: reviewRules(user, spec) };
  return null;
}

function kindOf(state: ClusterState, api: ApiRequest): Kind {
  const kind = state.kind(api.group, api.plural);
  const isServed = kind?.versions.includes(api.version);
  if (!kind || !isServed) throw noSuchPath();
  if (api.subresource && !kind.subresources.some((name) => name === api.subresource)) throw noSuchPath();
  return kind;
}

function answerObjects(
  parts: ServerParts,
  api: ApiRequest,
  seen: SeenRequest,
  user: User,
  response: ServerResponse,
) {
  const { state, lists, watches, logs } = parts;
  const kind = kindOf(state, api);
  const asked = {
    group: api.group,
    resource: api.plural,
    subresource: api.subresource,
    namespace: api.namespace,
  };
  const require = (verb: string) => requireAccess(user, { ...asked, verb }, api.name);
  require(api.verb);
  if (api.verb === 'list') return send(response, 200, lists.answer(kind, api));
  if (api.verb === 'watch') return watches.start(kind, api, response);
  if (api.subresource === 'log') {
    const pod = state.store.get(kind, api.namespace ?? '', api.name);
    if (!pod) throw notFound(kind, api.name);
    return answerLogs(logs, pod, api, response, state.now());
  }
  const answer = VERBS[api.verb]?.({ state, kind, api, body: seen.body, require });
  if (!answer) throw noSuchPath();
  send(response, answer.status, answer.body);
}

async function answer(parts: ServerParts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await buffer(request);
  const path = new URL(request.url ?? '/', 'https://cluster').pathname;
  if (['/healthz', '/livez', '/readyz'].includes(path)) return void response.end('ok');
  await parts.faults.untilThawed();
  const discovered = request.method === 'GET' ? discover(path, parts.state.kinds()) : null;
  const api = discovered ? asDiscovery(request) : readApiRequest(request);
  const seen = parts.requests.add(api, body.toString());
  response.on('close', () => {
    seen.status = response.headersSent ? response.statusCode : 0;
  });
  const user = parts.tokens.userOf(request.headers.authorization);
  const answerTo = parts.faults.strike(api, response);
  if (!answerTo) return;
  if (discovered) return send(answerTo, 200, discovered);
  const reviewed = review(api, user, body);
  if (reviewed) return send(answerTo, reviewed.status, reviewed.body);
  answerObjects(parts, api, seen, user, answerTo);
}

/** Answers one request; every refusal leaves as a Status object. */
export async function handle(
  parts: ServerParts,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    await answer(parts, request, response);
  } catch (error) {
    sendError(response, error);
  }
}

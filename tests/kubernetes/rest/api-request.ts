import type { IncomingMessage } from 'node:http';
import { noSuchPath } from '../status-error.ts';

/** A request as the API server understands its path. */
export interface ApiRequest {
  /** get, list, watch, create, update, patch, delete, deletecollection; `discover` for what is no object. */
  verb: string;
  group: string;
  version: string;
  plural: string;
  subresource: string;
  /** Null: all namespaces, or a kind without them. */
  namespace: string | null;
  /** '' for a collection. */
  name: string;
  query: URLSearchParams;
  contentType: string;
  userAgent: string;
}

function verbOf(method: string | undefined, isCollection: boolean, query: URLSearchParams): string {
  if (method === 'GET' && isCollection)
    return ['1', 'true'].includes(query.get('watch') ?? '') ? 'watch' : 'list';
  if (method === 'GET') return 'get';
  if (method === 'POST') return 'create';
  if (method === 'PUT') return 'update';
  if (method === 'PATCH') return 'patch';
  return isCollection ? 'deletecollection' : 'delete';
}

/** Namespace, plural, name and subresource of what follows the version. */
function placeOf(parts: string[]): [string | null, string, string, string] {
  const [first = '', second = '', third = '', ...rest] = parts;
  const isInside = first === 'namespaces' && third !== '' && !['status', 'finalize'].includes(third);
  if (isInside) return [second, third, rest[0] ?? '', rest[1] ?? ''];
  return [first === 'namespaces' && second ? second : null, first, second, third];
}

function headersOf(request: IncomingMessage): Pick<ApiRequest, 'contentType' | 'userAgent'> {
  return {
    contentType: (request.headers['content-type'] ?? '').split(';')[0]?.trim() ?? '',
    userAgent: request.headers['user-agent'] ?? '',
  };
}

/** A question what the server serves, as a request; its name is the path. */
export function asDiscovery(request: IncomingMessage): ApiRequest {
  const url = new URL(request.url ?? '/', 'https://cluster');
  const nothing = { group: '', version: '', plural: '', subresource: '', namespace: null };
  return { ...nothing, verb: 'discover', name: url.pathname, query: url.searchParams, ...headersOf(request) };
}

/** `/api/v1/...` and `/apis/GROUP/VERSION/...` with at least a kind. @throws StatusError 404. */
export function readApiRequest(request: IncomingMessage): ApiRequest {
  const url = new URL(request.url ?? '/', 'https://cluster');
  const [root, ...parts] = url.pathname.split('/').filter(Boolean).map(decodeURIComponent);
  const group = root === 'apis' ? parts.shift() : '';
  const version = parts.shift();
  if ((root !== 'api' && root !== 'apis') || group === undefined || !version) throw noSuchPath();
  const [namespace, plural, name, subresource] = placeOf(parts);
  return {
    verb: verbOf(request.method, name === '', url.searchParams),
    group,
    version,
    plural,
    subresource,
    namespace,
    name,
    query: url.searchParams,
    ...headersOf(request),
  };
}

/** Who owns what the request writes: as it says, else the first word of its User-Agent. */
export function managerOf(api: ApiRequest): string {
  return api.query.get('fieldManager') || (api.userAgent.split('/')[0] ?? '').slice(0, 128) || 'unknown';
}

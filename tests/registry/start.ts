/**
 * A registry of images for tests: what the OCI distribution specification says of reading manifests, with the token
 * server that registries send their callers to. Nothing outside of tests imports it.
 */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';

const INDEX = 'application/vnd.oci.image.index.v1+json';
const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';

export interface RegistryOptions {
  /** How callers prove who they are; `none`: anybody reads. */
  auth?: 'none' | 'bearer' | 'basic';
  /** Who may read what is private. */
  account?: { username: string; secret: string };
  tls?: { cert: string; key: string };
}

interface Stored {
  type: string;
  body: string;
}

const sha256 = (text: string) => `sha256:${createHash('sha256').update(text).digest('hex')}`;

/** Something that stands in the way of every request until it is taken away. */
export interface Trouble {
  status: number;
  headers?: Record<string, string>;
}

export interface RegistryServer {
  /** As the name of an image begins. */
  host: string;
  /** `METHOD path` of every request, the token server's too, with `+auth` where it said who it is. */
  requests: string[];
  /** Puts an image of one platform there; answers with its digest. */
  push(name: string, tag: string, content: string): string;
  /** Puts an index of several platforms there; answers with its digest and theirs. */
  pushIndex(name: string, tag: string, contents: readonly string[]): { digest: string; platforms: string[] };
  /** Reading it wants the account, not merely anybody's token. */
  makePrivate(name: string): void;
  /** Answers everything so; null: as usual. */
  trouble(given: Trouble | null): void;
  /** Whether it says the digest in a header, as most do. */
  saysDigest(says: boolean): void;
  /** Where it says that its tokens are; null: at itself. */
  realm(elsewhere: string | null): void;
  close(): Promise<void>;
}

/** Starts a registry on this host, on a free port. */
export async function startRegistry(options: RegistryOptions = {}): Promise<RegistryServer> {
  const { auth = 'bearer', account, tls } = options;
  const manifests = new Map<string, Stored>();
  const tags = new Map<string, string>();
  const closed = new Set<string>();
  const tokens = new Map<string, { scope: string; isAccount: boolean }>();
  const requests: string[] = [];
  let trouble: Trouble | null = null;
  let saysDigest = true;
  let elsewhere: string | null = null;
  let origin = '';

  const isAccount = (request: IncomingMessage): boolean | null => {
    const [scheme, value = ''] = (request.headers.authorization ?? '').split(' ');
    if (scheme !== 'Basic') return null;
    const given = Buffer.from(value, 'base64').toString('utf8');
    return account !== undefined && given === `${account.username}:${account.secret}`;
  };
  const answer = (response: ServerResponse, status: number, body: unknown, headers = {}) =>
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  const refuse = (response: ServerResponse, status: number, code: string, headers = {}) =>
    answer(response, status, { errors: [{ code, message: code }] }, headers);

  function giveToken(request: IncomingMessage, response: ServerResponse, url: URL): void {
    const proves = isAccount(request);
    if (proves === false) return void refuse(response, 401, 'UNAUTHORIZED');
    const token = `token-${tokens.size}`;
    tokens.set(token, { scope: url.searchParams.get('scope') ?? '', isAccount: proves === true });
    answer(response, 200, { token, expires_in: 60 });
  }

  /** Whether a request may read; refuses it otherwise. */
  function mayRead(request: IncomingMessage, response: ServerResponse, name: string): boolean {
    if (auth === 'none') return true;
    const scope = `repository:${name}:pull`;
    if (auth === 'basic') {
      if (isAccount(request)) return true;
      refuse(response, 401, 'UNAUTHORIZED', { 'www-authenticate': 'Basic realm="registry"' });
      return false;
    }
    const [, token = ''] = /^Bearer (.+)$/.exec(request.headers.authorization ?? '') ?? [];
    const held = tokens.get(token);
    if (held?.scope === scope && (held.isAccount || !closed.has(name))) return true;
    const realm = elsewhere ?? `${origin}/token`;
    const challenge = `Bearer realm="${realm}",service="registry.test",scope="${scope}"`;
    refuse(response, 401, 'UNAUTHORIZED', { 'www-authenticate': challenge });
    return false;
  }

  function giveManifest(request: IncomingMessage, response: ServerResponse, path: string): void {
    const [, name = '', reference = ''] = /^\/v2\/(.+)\/manifests\/([^/]+)$/.exec(path) ?? [];
    if (name === '') return void refuse(response, 404, 'NOT_FOUND');
    if (!mayRead(request, response, name)) return;
    const digest = tags.get(`${name}:${reference}`) ?? reference;
    const stored = manifests.get(`${name}@${digest}`);
    if (!stored) return void refuse(response, 404, 'MANIFEST_UNKNOWN');
    if (!(request.headers.accept ?? '').includes(stored.type))
      return void refuse(response, 404, 'MANIFEST_UNKNOWN');
    const named = saysDigest ? { 'docker-content-digest': digest } : {};
    const headers = {
      'content-type': stored.type,
      'content-length': Buffer.byteLength(stored.body),
      ...named,
    };
    response.writeHead(200, headers).end(request.method === 'HEAD' ? undefined : stored.body);
  }

  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    const url = new URL(request.url ?? '/', origin);
    requests.push(`${request.method} ${url.pathname}${request.headers.authorization ? '+auth' : ''}`);
    if (trouble) return void refuse(response, trouble.status, 'TROUBLE', trouble.headers);
    if (url.pathname === '/token') giveToken(request, response, url);
    else giveManifest(request, response, url.pathname);
  };
  const server = tls ? createTlsServer(tls, listener) : createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  origin = `${tls ? 'https' : 'http'}://${host}`;

  const store = (name: string, stored: Stored): string => {
    const digest = sha256(stored.body);
    manifests.set(`${name}@${digest}`, stored);
    return digest;
  };
  const image = (name: string, content: string) =>
    store(name, { type: MANIFEST, body: JSON.stringify({ schemaVersion: 2, mediaType: MANIFEST, content }) });
  return {
    host,
    requests,
    push(name, tag, content) {
      const digest = image(name, content);
      tags.set(`${name}:${tag}`, digest);
      return digest;
    },
    pushIndex(name, tag, contents) {
      const platforms = contents.map((content) => image(name, content));
      const listed = platforms.map((digest, i) => ({
        ...{ mediaType: MANIFEST, digest, size: 1 },
        platform: { os: 'linux', architecture: `cpu${i}` },
      }));
      const body = JSON.stringify({ schemaVersion: 2, mediaType: INDEX, manifests: listed });
      const digest = store(name, { type: INDEX, body });
      tags.set(`${name}:${tag}`, digest);
      return { digest, platforms };
    },
    makePrivate: (name) => void closed.add(name),
    trouble(given) {
      trouble = given;
    },
    saysDigest(says) {
      saysDigest = says;
    },
    realm(given) {
      elsewhere = given;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

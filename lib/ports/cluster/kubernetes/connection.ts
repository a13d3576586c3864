import type { RequestOptions } from 'node:https';
import type { TLSSocketOptions } from 'node:tls';
import type { KubeConfig } from '@kubernetes/client-node';
import { Agent, type Dispatcher, ProxyAgent } from 'undici';
import { isAppError } from '#lib/kernel/errors.ts';
import type { ClusterAccess } from '#lib/model/cluster-access.ts';
import type { OutboundPolicy } from '#lib/model/outbound.ts';
import { filteredLookup } from '#lib/outbound/filtered-lookup.ts';
import { checkTypedTarget, readPolicy } from '#lib/outbound/typed-target.ts';
import { ClusterError } from '../port.ts';
import type { OperatorAccess } from './credentials.ts';

const CONNECT_MS = 10_000;
/** Below what load balancers in front of clusters let pass in silence, as the library has it. */
const KEEP_ALIVE_MS = 30_000;

export interface ConnectionOptions {
  access: ClusterAccess;
  operator: OperatorAccess;
  /** Where addresses that somebody gave may lead; those of the operator are the operator's word. */
  policy: OutboundPolicy;
  /** The proxy on the way to a host, or null: the library looks at no environment (pitfall C14). */
  proxyFor(host: string): string | null;
}

/** The way to one cluster: where it is, its pool of connections, and who we are. */
export interface Connection {
  /** Without a slash at its end. */
  server: string;
  /** One for all requests: the library would make one, and shake hands, for each (pitfall C2). */
  dispatcher: Dispatcher;
  /** Headers that say who we are, as they are now: tokens rotate (deployment S-71). */
  headers(): Promise<Record<string, string>>;
  /** Reads the credentials anew. False where there is nothing to read: they were given once and for all. */
  reread(): boolean;
  close(): Promise<void>;
}

function checkAddress(server: string, { access, policy }: ConnectionOptions): void {
  if (access.from !== 'given') return;
  try {
    checkTypedTarget(server, readPolicy(policy));
  } catch (error) {
    if (isAppError(error)) throw new ClusterError('unreachable', error.message);
    throw error;
  }
}

function checkScheme(server: string, skipTlsVerify: boolean): void {
  if (server.startsWith('https://') || skipTlsVerify) return;
  throw new ClusterError(
    'untrusted',
    'The address of a cluster begins with https://: nothing else is believed.',
  );
}

async function libraryOptions(config: KubeConfig): Promise<RequestOptions> {
  const options: RequestOptions = {};
  await config.applyToHTTPSOptions(options);
  return options;
}

function tlsOf({
  ca,
  cert,
  key,
  rejectUnauthorized,
  servername,
}: RequestOptions): TLSSocketOptions & { servername?: string } {
  return {
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
    ...(rejectUnauthorized !== undefined && { rejectUnauthorized }),
    ...(servername !== undefined && { servername }),
  };
}

function makeDispatcher(
  tls: ReturnType<typeof tlsOf>,
  proxy: string | null,
  options: ConnectionOptions,
): Dispatcher {
  const alive = { keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_MS };
  if (proxy !== null) return new ProxyAgent({ uri: proxy, requestTls: tls, connect: alive });
  const lookup =
    options.access.from === 'given' ? filteredLookup(readPolicy(options.policy).ranges) : undefined;
  return new Agent({
    connect: { ...tls, ...alive, timeout: CONNECT_MS, ...(lookup && { lookup }) },
    keepAliveTimeout: KEEP_ALIVE_MS,
    maxHeaderSize: 64 * 1024,
  });
}

/** Authorization and impersonation; the library writes a password apart. */
async function headersOf(config: KubeConfig): Promise<Record<string, string>> {
  const { headers, auth } = await libraryOptions(config);
  const named = Object.entries(headers ?? {}).map(([name, value]) => [
    name.toLowerCase(),
    String(value).trim(),
  ]);
  const basic = auth ? { authorization: `Basic ${Buffer.from(auth).toString('base64')}` } : {};
  return { ...basic, ...Object.fromEntries(named) };
}

/**
 * Opens the way to a cluster; nothing is sent yet.
 *
 * @throws ClusterError when it may not be reached or there are no credentials
 */
export async function openConnection(options: ConnectionOptions): Promise<Connection> {
  const { access, operator } = options;
  // The library is 88 MB once it is loaded (pitfall C23): only where there is a cluster.
  const { configOf } = await import('./credentials.ts');
  let config = configOf(access, operator);
  const cluster = config.getCurrentCluster();
  const server = cluster?.server ?? '';
  checkScheme(server, cluster?.skipTLSVerify ?? false);
  checkAddress(server, options);
  const proxy = cluster?.proxyUrl ?? options.proxyFor(new URL(server).hostname);
  if (proxy?.startsWith('socks'))
    throw new ClusterError('unreachable', 'A SOCKS proxy is not used: give one that speaks HTTP.');
  const dispatcher = makeDispatcher(tlsOf(await libraryOptions(config)), proxy, options);
  return {
    server,
    dispatcher,
    headers: () => headersOf(config),
    reread() {
      if (access.from === 'given') return false;
      config = configOf(access, operator);
      return true;
    },
    // Watches would keep it open for good.
    close: () => dispatcher.destroy(),
  };
}

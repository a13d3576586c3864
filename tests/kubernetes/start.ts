import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { type Clock, manualClock } from '#lib/kernel/clock.ts';
import { type AccessRule, EVERYTHING, Tokens } from './access/users.ts';
import { Chaos } from './chaos.ts';
import { ClusterControl } from './cluster-control.ts';
import { ControllerManager } from './controllers/manager.ts';
import { Faults } from './faults.ts';
import { kubeconfigText } from './kubeconfig.ts';
import { LogStore } from './logs/log-store.ts';
import { Node } from './pods/node.ts';
import { type ContainerScript, Scripts } from './pods/script.ts';
import { makeServerCertificate } from './private-ca.ts';
import { RequestLog } from './request-log.ts';
import { rememberConnection } from './reset-connection.ts';
import { handle, type ServerParts } from './rest/handler.ts';
import { Lists } from './rest/list.ts';
import { Watches } from './rest/watches.ts';
import { ClusterState } from './storage/state.ts';
import { untilTrue } from './until-true.ts';

export interface KubernetesOptions {
  /** The cluster's time; by default it stands still at the start and moves by `advance` alone. */
  clock?: Clock;
  /** What the first user may do; by default everything. */
  rules?: readonly AccessRule[];
  /** Besides `default` and `kube-system`. */
  namespaces?: readonly string[];
  /** Whom the server's certificate names. */
  subjectAltName?: string;
}

export interface KubernetesServer {
  /** https://127.0.0.1:PORT */
  url: string;
  /** PEM of the private CA that the server's certificate is by. */
  ca: string;
  /** Bearer token of the first user, `pitwall`. */
  token: string;
  kubeconfig(token?: string): string;
  /** Another user; the same token again changes who it is and what they may do. */
  addUser(token: string, name: string, rules: readonly AccessRule[]): void;
  revokeToken(token: string): void;

  /** The contents, read and changed as by somebody else. */
  cluster: ClusterControl;
  /** How containers behave whose image has this in its name; without one they are ready at once. */
  onImage(image: string, script: ContainerScript): void;
  /** A line that a container writes now. */
  log(pod: { namespace: string; name: string; container: string }, text: string): void;

  now(): number;
  /** Moves the cluster's time and resolves when everything that came due is done. */
  advance(ms: number): Promise<void>;
  /** Resolves when the controllers have nothing left to do. */
  settled(): Promise<void>;
  /** Resolves as soon as it is true of the cluster, the requests or the watches. @throws after `withinMs` of real time */
  until(isTrue: () => boolean, withinMs?: number): Promise<void>;
  /** Nothing reconciles until `startControllers`. */
  stopControllers(): void;
  startControllers(): void;

  chaos: Chaos;
  requests: RequestLog;
  /** TCP connections since the start, and those that are open. */
  connections: { total: number; open: number };
  /** Watches that are open, of a kind by its plural. */
  watches(plural?: string): number;
  close(): Promise<void>;
}

const TOKEN = 'token-of-pitwall';
const WAKE_MS = 100;

function partsOf(clock: Clock): ServerParts {
  const state = new ClusterState(clock);
  return {
    state,
    tokens: new Tokens(),
    faults: new Faults(),
    requests: new RequestLog(),
    lists: new Lists(state),
    watches: new Watches(state),
    logs: new LogStore(),
  };
}

function addNamespaces(cluster: ClusterControl, names: readonly string[]): void {
  for (const name of new Set(['default', 'kube-system', ...names])) {
    const metadata = { name, labels: { 'kubernetes.io/metadata.name': name } };
    cluster.create({ apiVersion: 'v1', kind: 'Namespace', metadata, status: { phase: 'Active' } });
  }
}

/**
 * Starts an API server with an empty cluster behind it, on a free port of 127.0.0.1, with a certificate by a CA
 * of its own. Controllers run by themselves: after a write, Deployments have ready pods within milliseconds,
 * unless `onImage` says otherwise.
 */
export async function startKubernetes(options: KubernetesOptions = {}): Promise<KubernetesServer> {
  const parts = partsOf(options.clock ?? manualClock(Date.now()));
  const { state, tokens, requests, watches, logs } = parts;
  const scripts = new Scripts();
  const manager = new ControllerManager(state, new Node(state, scripts, logs));
  const cluster = new ClusterControl(parts);
  addNamespaces(cluster, options.namespaces ?? []);
  tokens.grant(TOKEN, { name: 'pitwall', rules: options.rules ?? EVERYTHING });

  const { ca, cert, key } = makeServerCertificate(options.subjectAltName ?? 'IP:127.0.0.1');
  const server = createServer({ cert, key }, (request, response) => void handle(parts, request, response));
  // A client that uses an idle connection again must not meet its end: real servers keep them for minutes.
  server.keepAliveTimeout = 0;
  const sockets = new Set<Socket>();
  const connections = { total: 0, open: 0 };
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    rememberConnection(socket);
    connections.total += 1;
    connections.open += 1;
    socket.on('close', () => {
      sockets.delete(socket);
      connections.open -= 1;
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  // With a clock that runs by itself, what waits for time must be looked at from time to time.
  const timer = options.clock && setInterval(() => manager.lookAtAll(), WAKE_MS).unref();

  return {
    ...{ url, ca, cluster, connections, requests, token: TOKEN, chaos: new Chaos(parts) },
    kubeconfig: (token = TOKEN) => kubeconfigText({ url, ca, token }),
    addUser: (token, name, rules) => tokens.grant(token, { name, rules }),
    revokeToken: (token) => tokens.revoke(token),
    onImage(image, script) {
      scripts.tell(image, script);
      manager.lookAtAll();
    },
    log: (pod, text) => logs.write(LogStore.key(pod.namespace, pod.name, pod.container), state.now(), text),
    now: () => state.now(),
    async advance(ms) {
      state.advance(ms);
      manager.lookAtAll();
      await manager.settled();
    },
    settled: () => manager.settled(),
    until: untilTrue,
    stopControllers: () => manager.stop(),
    startControllers: () => manager.start(),
    watches: (plural) => watches.of(plural).length,
    async close() {
      clearInterval(timer);
      manager.stop();
      parts.faults.thaw();
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

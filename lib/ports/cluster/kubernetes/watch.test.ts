import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { systemClock } from '#lib/kernel/clock.ts';
import { openCluster, optionsOf, QUICK } from '#lib/testing/kubernetes-cluster.ts';
import { type KubernetesServer, startKubernetes } from '#tests/kubernetes/start.ts';
import type { Cluster, ClusterError, Watch, WatchHandlers } from '../port.ts';
import { openConnection } from './connection.ts';
import { listObjects } from './list-objects.ts';
import { createTransport, type Transport } from './transport.ts';

const CONFIG_MAPS = { apiVersion: 'v1', kind: 'ConfigMap', plural: 'configmaps' };
const WATCHES = { verb: 'watch', resource: 'configmaps' };

let server: KubernetesServer;
let cluster: Cluster;
const bugs: unknown[] = [];
const watches: Watch[] = [];

beforeAll(async () => {
  server = await startKubernetes({ namespaces: ['agents'] });
  cluster = await openCluster(server, { onBug: (error) => bugs.push(error) });
});
afterEach(async () => {
  for (const watch of watches.splice(0)) watch.stop();
  for (const { metadata } of server.cluster.list('configmaps'))
    server.cluster.remove('configmaps', 'agents', metadata.name);
  await server.until(() => server.watches('configmaps') === 0);
  server.requests.clear();
  server.chaos.refuseExpiredAs('event');
});
afterAll(async () => {
  await cluster.close();
  await server.close();
});

function make(name: string): void {
  server.cluster.create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'agents' } });
}

/** Watches the ConfigMaps and remembers what it is told, in words. */
function start(on: Cluster = cluster, handlers: Partial<WatchHandlers> = {}) {
  const told: string[] = [];
  const stale: { sinceMs: number | null; error: ClusterError | null }[] = [];
  const watch = on.watch(
    { kind: CONFIG_MAPS, namespace: 'agents' },
    {},
    {
      onList: (objects) => told.push(`list ${objects.map(({ metadata }) => metadata.name).sort()}`),
      onChange: ({ metadata }) => told.push(`change ${metadata.name}`),
      onDelete: ({ metadata }) => told.push(`delete ${metadata.name}`),
      onStale: (sinceMs, error) => stale.push({ sinceMs, error }),
      ...handlers,
    },
  );
  watches.push(watch);
  return { watch, told, stale };
}

/** A watch that has listed and is being told. */
async function started(on?: Cluster, handlers?: Partial<WatchHandlers>) {
  const running = start(on, handlers);
  await server.until(() => server.watches('configmaps') === 1);
  return running;
}

const isTold = (told: string[], line: string) => server.until(() => told.includes(line));

test('deployment S-75: a watch begins at the version of its list, and tells what happened in between', async () => {
  make('first');
  const { told } = await started();
  make('second');
  await isTold(told, 'change second');
  expect(told).toEqual(['list first', 'change second']);
  const [list] = server.requests.matching({ verb: 'list', resource: 'configmaps' });
  const [watch] = server.requests.matching(WATCHES);
  expect(list && watch?.query.get('resourceVersion')).toMatch(/^\d+$/);
});

test.each(['event', 'status'] as const)(
  'deployment S-76: a version that is no longer known, told as %s, brings a new list and the ends that were missed',
  async (form) => {
    server.chaos.refuseExpiredAs(form);
    make('kept');
    make('gone');
    const { told, stale } = await started();
    // It is away while something goes, and what it comes back with is forgotten by then.
    const away = server.chaos.fail({ status: 500 }, WATCHES, 1000);
    server.chaos.resetWatches('configmaps');
    await server.until(() => server.watches('configmaps') === 0);
    server.cluster.remove('configmaps', 'agents', 'gone');
    server.chaos.compact();
    away();
    await server.until(() => told.filter((line) => line.startsWith('list')).length >= 2);
    expect(told).toContain('delete gone');
    expect(told.at(-1)).toBe('list kept');
    await server.until(() => stale.at(-1)?.sinceMs === null);
  },
);

test('deployment S-76: a storm of expiries is met with pauses, not with a storm of lists', async () => {
  make('one');
  const storm = server.chaos.fail({ status: 410 }, WATCHES, 1000);
  const { told } = start();
  await server.until(() => server.requests.matching(WATCHES).length >= 4);
  const paused = server.requests.matching({ verb: 'list', resource: 'configmaps' }).length;
  expect(paused).toBeLessThan(8);
  storm();
  await server.until(() => server.watches('configmaps') === 1);
  make('two');
  await isTold(told, 'change two');
});

test('deployment S-77: bookmarks are asked for and move only the version that the next watch begins at', async () => {
  let ticks = 0;
  const counting = await openCluster(server, { clock: { now: () => ++ticks } });
  const { told, watch } = await started(counting);
  expect(server.requests.matching(WATCHES)[0]?.query.get('allowWatchBookmarks')).toBe('true');
  // What happens elsewhere moves the cluster's version on, and only a bookmark says so here.
  const elsewhere = { name: 'elsewhere', namespace: 'default' };
  const { resourceVersion } = server.cluster.create({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: elsewhere,
  }).metadata;
  const before = watch.lastEventMs() ?? 0;
  server.chaos.bookmark();
  await server.until(() => (watch.lastEventMs() ?? 0) > before);
  server.chaos.endWatches('configmaps');
  await server.until(() => server.requests.matching(WATCHES).length === 2);
  expect(server.requests.matching(WATCHES)[1]?.query.get('resourceVersion')).toBe(resourceVersion);
  expect(told).toEqual(['list ']);
  await counting.close();
});

test('deployment S-78: a list whose token expired between two pages begins anew', async () => {
  for (let index = 0; index < 501; index += 1) make(`many-${index}`);
  const place = { kind: CONFIG_MAPS, namespace: 'agents' };
  const lists = () => server.requests.matching({ verb: 'list', resource: 'configmaps' }).length;
  expect(await cluster.list(place, {}, AbortSignal.timeout(10_000))).toHaveLength(501);
  expect(lists()).toBe(2);
  const transport = createTransport(await openConnection(optionsOf(server)), systemClock);
  const expiring: Transport = {
    ...transport,
    json(asked, signal) {
      if (asked.query?.continue) server.chaos.expireContinues();
      return transport.json(asked, signal);
    },
  };
  const { objects } = await listObjects(expiring, place, {}, AbortSignal.timeout(10_000));
  expect(objects).toHaveLength(501);
  expect(lists()).toBe(5);
});

test.each([
  ['a reset', 'reset' as const, 'unreachable'],
  ['500', { status: 500 }, 'failed'],
  ['429', { status: 429 }, 'busy'],
  ['403', { status: 403 }, 'forbidden'],
])(
  'deployment S-79: %s is gone through with pauses, and what is shown meanwhile is stale',
  async (_case, fault, code) => {
    const { told, stale } = await started();
    const taken = server.chaos.fail(fault, WATCHES, 3);
    server.chaos.resetWatches('configmaps');
    await server.until(() => stale.some(({ error }) => error?.code === code));
    expect(stale.every(({ sinceMs }) => sinceMs === null || sinceMs === stale[0]?.sinceMs)).toBe(true);
    await server.until(() => stale.at(-1)?.sinceMs === null);
    taken();
    make('later');
    await isTold(told, 'change later');
    // The version was still known: nothing had to be listed again.
    expect(told.filter((line) => line.startsWith('list'))).toHaveLength(1);
  },
);

test('deployment S-79: a list that is refused is tried again until it is granted', async () => {
  const refused = server.chaos.fail({ status: 403 }, { verb: 'list', resource: 'configmaps' }, 2);
  const { told, stale } = await started();
  refused();
  await server.until(() => stale.at(-1)?.error === null);
  expect(told).toEqual(['list ']);
  expect(stale.map(({ error }) => error?.code ?? null)).toEqual(['forbidden', 'forbidden', null]);
});

test('deployment S-80: a watch that is stopped says nothing more and does not come back', async () => {
  const { told, stale, watch } = await started();
  watch.stop();
  await server.until(() => server.watches('configmaps') === 0);
  make('unheard');
  server.requests.clear();
  const other = await started();
  await isTold(other.told, 'list unheard');
  expect([told, stale]).toEqual([['list '], []]);
  expect(server.requests.matching(WATCHES)).toHaveLength(1);
});

test('deployment S-81: a handler that throws ends no watch and loses no version', async () => {
  const heard: string[] = [];
  await started(cluster, {
    onChange({ metadata }) {
      heard.push(metadata.name);
      throw new Error('ours');
    },
  });
  make('one');
  make('two');
  await server.until(() => heard.length === 2);
  expect(bugs.splice(0)).toHaveLength(2);
  server.chaos.endWatches('configmaps');
  make('three');
  await server.until(() => heard.includes('three'));
  expect(heard).toEqual(['one', 'two', 'three']);
  bugs.length = 0;
});

test('deployment S-82: a watch that is silent for too long is ended, and everything is read anew', async () => {
  const impatient = await openCluster(server, { pace: { ...QUICK, silenceMs: 60 } });
  const { told } = await started(impatient);
  server.chaos.silenceWatches('configmaps');
  make('missed');
  await isTold(told, 'list missed');
  await impatient.close();
});

test('deployment S-83: what is told again after a reconnection is told once', async () => {
  const { told } = await started();
  make('one');
  await isTold(told, 'change one');
  server.chaos.halfCloseWatches('configmaps');
  await server.until(() => server.requests.matching(WATCHES).length === 2);
  make('two');
  await isTold(told, 'change two');
  expect(told).toEqual(['list ', 'change one', 'change two']);
});

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { KubeObject } from './objects.ts';
import { type KubernetesServer, startKubernetes } from './start.ts';
import { clientOf } from './test-client.ts';
import { openWatch } from './watch-client.ts';

const MAPS = '/api/v1/namespaces/default/configmaps';

describe('watches of the API server for tests', () => {
  let server: KubernetesServer;
  let client: ReturnType<typeof clientOf>;
  beforeAll(async () => {
    server = await startKubernetes();
    client = clientOf(server);
  });
  afterAll(async () => {
    await client.close();
    await server.close();
  });

  const map = (name: string, labels: Record<string, string> = {}): KubeObject => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace: 'default', labels },
  });
  const version = async () => (await client.call('GET', MAPS)).body.metadata.resourceVersion ?? '';
  const watchFrom = (from: string, more = '') =>
    openWatch(server, `${MAPS}?watch=1&resourceVersion=${from}${more}`);

  test('a watch tells what happened since its version, and what comes into and out of its selector', async () => {
    const from = await version();
    server.cluster.create(map('before', { tier: 'a' }));
    const watch = await watchFrom(from, '&labelSelector=tier%3Da');
    server.cluster.create(map('other', { tier: 'b' }));
    const relabel = (tier: string) =>
      server.cluster.edit('configmaps', 'default', 'other', (draft) => {
        draft.metadata.labels = { tier };
      });
    relabel('a');
    relabel('b');
    server.cluster.remove('configmaps', 'default', 'before');
    await server.until(() => watch.events.length === 4);
    const told = watch.events.map(({ type, object }) => [type, object.metadata.name]);
    expect(told).toEqual([
      ['ADDED', 'before'],
      ['ADDED', 'other'],
      ['DELETED', 'other'],
      ['DELETED', 'before'],
    ]);
    await watch.close();
    await server.until(() => server.watches('configmaps') === 0);
  });

  test('bookmarks go to those who asked, with the last version', async () => {
    const [asked, silent] = [
      await watchFrom(await version(), '&allowWatchBookmarks=true'),
      await watchFrom(await version()),
    ];
    server.cluster.create(map('marked'));
    server.chaos.bookmark();
    await server.until(() => asked.events.length === 2 && silent.events.length === 1);
    expect(asked.events[1]).toMatchObject({
      type: 'BOOKMARK',
      object: { kind: 'ConfigMap', metadata: { resourceVersion: await version() } },
    });
    await Promise.all([asked.close(), silent.close()]);
  });

  test('a forgotten version is 410: in the stream, to open watches as well, or as the status', async () => {
    const from = await version();
    const open = await watchFrom(from);
    server.chaos.expireWatches();
    const late = await watchFrom(from);
    await server.until(() => open.ending.isOver && late.ending.isOver);
    for (const { events } of [open, late]) {
      expect(events).toMatchObject([
        { type: 'ERROR', object: { kind: 'Status', code: 410, reason: 'Expired' } },
      ]);
    }
    server.chaos.refuseExpiredAs('status');
    expect((await client.call('GET', `${MAPS}?watch=1&resourceVersion=${from}`)).status).toBe(410);
    server.chaos.refuseExpiredAs('event');
    await Promise.all([open.close(), late.close()]);
  });

  test('connections break, end half, fall silent or end well, as a test wants it', async () => {
    const watches = await Promise.all(Array.from({ length: 4 }, async () => watchFrom(await version())));
    const [broken, half, silent, ended] = watches;
    server.chaos.silenceWatches();
    server.cluster.create(map('unheard'));
    const after = await watchFrom(await version());
    server.cluster.create(map('heard'));
    await server.until(() => after.events.length === 1);
    expect(silent?.events).toEqual([]);
    server.chaos.halfCloseWatches();
    await server.until(() => half?.ending.isOver === true);
    expect(half?.ending.error).not.toBeNull();
    await Promise.all([...watches, after].map((watch) => watch.close()));
    expect([broken?.status, ended?.status]).toEqual([200, 200]);
  });

  test('a watch that is reset ends with an error, one that is ended ends without', async () => {
    const broken = await watchFrom(await version());
    server.chaos.resetWatches();
    await server.until(() => broken.ending.isOver);
    expect(broken.ending.error).toMatchObject({ code: 'ECONNRESET' });
    const ended = await watchFrom(await version());
    server.chaos.endWatches();
    await server.until(() => ended.ending.isOver);
    expect(ended.ending.error).toBeNull();
    await Promise.all([broken.close(), ended.close()]);
  });

  test('a frozen server takes requests, says nothing, and tells everything once it thaws', async () => {
    const watch = await watchFrom(await version());
    server.chaos.freeze();
    const asked = client.call('GET', MAPS);
    server.cluster.create(map('meanwhile'));
    const outcome = await Promise.race([asked, new Promise((resolve) => setTimeout(resolve, 50, 'nothing'))]);
    expect([outcome, watch.events]).toEqual(['nothing', []]);
    server.chaos.thaw();
    expect((await asked).status).toBe(200);
    await server.until(() => watch.events.length === 1);
    await watch.close();
  });

  test('planned faults strike the requests that fit, as often as told', async () => {
    server.chaos.fail({ status: 429, retryAfterSeconds: 3 }, { verb: 'list', resource: 'configmaps' }, 2);
    server.chaos.fail('reset', { verb: 'get' });
    const busy = await client.call('GET', MAPS);
    expect(busy).toMatchObject({ status: 429, retryAfter: '3', body: { reason: 'TooManyRequests' } });
    await expect(client.call('GET', `${MAPS}/heard`)).rejects.toThrow();
    expect((await client.call('GET', MAPS)).status).toBe(429);
    expect((await client.call('GET', MAPS)).status).toBe(200);
  });

  test('requests are kept by verb with what they sent, and connections are counted', async () => {
    server.requests.clear();
    const { total } = server.connections;
    await client.call('GET', MAPS);
    await client.call('POST', MAPS, map('kept'));
    expect(server.requests.byVerb()).toEqual({ list: 1, create: 1 });
    expect(server.requests.matching({ verb: 'create', resource: 'configmaps' })).toMatchObject([
      { status: 201, namespace: 'default', body: expect.stringContaining('kept') },
    ]);
    expect(server.connections.total).toBe(total);
  });
});

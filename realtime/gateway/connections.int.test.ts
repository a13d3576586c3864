import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createLiveWorld, type LiveClient, type LiveWorld, type Viewer } from '#lib/testing/live-world.ts';
import { createWorld, type World } from '#lib/testing/world.ts';

let world: World;
let processes: LiveWorld[] = [];
beforeAll(async () => {
  world = await createWorld();
});
afterEach(async () => {
  await Promise.all(processes.map((process) => process.close()));
  processes = [];
});
afterAll(() => world.close());

const reasons = (clients: readonly LiveClient[]) => clients.map(({ feed }) => feed.byes[0]?.reason ?? 'open');

/** Opens connections one after the other, each at the process of its turn. */
async function openAt(viewer: Viewer, turns: readonly LiveWorld[]): Promise<LiveClient[]> {
  const clients: LiveClient[] = [];
  for (const process of turns) clients.push(await process.connect(viewer));
  return clients;
}

describe.each([
  ['Redis', true],
  ['the embedded bus', false],
])('security K6: several realtime processes over %s', (_name, withRedis) => {
  async function start(): Promise<LiveWorld> {
    const started = await createLiveWorld(world, withRedis);
    processes.push(started);
    return started;
  }

  it('a sixth connection of a user ends the oldest, wherever each of them is', async () => {
    const [a, b] = [await start(), await start()];
    const viewer = await a.makeViewer();
    const clients = await openAt(viewer, [a, b, a, b, a, b]);
    await clients[0]?.feed.ended.promise;
    const seventh = await a.connect(viewer);
    await clients[1]?.feed.ended.promise;
    expect(reasons([...clients, seventh])).toEqual([
      'replaced',
      'replaced',
      'open',
      'open',
      'open',
      'open',
      'open',
    ]);
  });

  it('a process that starts later learns what the others hold', async () => {
    const a = await start();
    const viewer = await a.makeViewer();
    const clients = await openAt(viewer, [a, a, a, a, a]);
    const b = await start();
    const sixth = await b.connect(viewer);
    await clients[0]?.feed.ended.promise;
    expect(reasons([...clients, sixth])).toEqual(['replaced', 'open', 'open', 'open', 'open', 'open']);
  });

  it('a place that became free in one process is free in all of them', async () => {
    const [a, b] = [await start(), await start()];
    const viewer = await a.makeViewer();
    const [first, ...clients] = await openAt(viewer, [a, a, b, b, b]);
    first?.socket.disconnect();
    await first?.feed.ended.promise;
    clients.push(await b.connect(viewer));
    clients.push(await a.connect(viewer));
    await clients[0]?.feed.ended.promise;
    expect(reasons(clients)).toEqual(['replaced', 'open', 'open', 'open', 'open', 'open']);
  });
});

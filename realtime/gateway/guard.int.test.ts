import { connect as connectTcp, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { makeAgent } from '#lib/testing/factories.ts';
import { makeTick } from '#lib/testing/live-tick.ts';
import { connected, createLiveWorld, type LiveWorld, ORIGIN } from '#lib/testing/live-world.ts';
import { createWorld, type World } from '#lib/testing/world.ts';

let world: World;
let live: LiveWorld;
beforeAll(async () => {
  world = await createWorld();
  live = await createLiveWorld(world, false);
});
afterAll(async () => {
  await live.close();
  await world.close();
});

/** A raw WebSocket past the handshake of the given token. */
async function raw(token: string | null): Promise<WebSocket> {
  const socket = new WebSocket(`${live.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`, {
    headers: { origin: ORIGIN },
  });
  socket.on('error', () => {});
  await new Promise((resolve) => socket.once('message', resolve));
  if (token !== null) {
    socket.send(`40${JSON.stringify({ token })}`);
    await new Promise((resolve) => socket.once('message', resolve));
  }
  return socket;
}

const closed = (socket: WebSocket, withinMs: number) =>
  Promise.race([
    new Promise<true>((resolve) =>
      socket.readyState === WebSocket.CLOSED ? resolve(true) : socket.once('close', () => resolve(true)),
    ),
    delay(withinMs, false, { ref: false }),
  ]);

describe('revocation', () => {
  it('security K3: a revoke broadcast ends the session’s sockets at once and leaves the user’s others', async () => {
    const viewer = await live.makeViewer();
    const [one, two] = [
      await live.connect(viewer),
      await live.connect({ ...viewer, sessionId: (await live.makeViewer()).sessionId }),
    ];
    await live.control({ type: 'sessions.revoked', userId: viewer.userId, sessionIds: [viewer.sessionId] });
    await one.feed.ended.promise;
    expect(one.feed.byes).toMatchObject([{ reason: 'revoked' }]);
    expect(two.feed.byes).toEqual([]);
    two.socket.disconnect();
  });

  it.concurrent.each([
    [
      'a session that was revoked',
      (id: string) => world.sql`update sessions set revoked_at = now() where id = ${id}`,
    ],
    [
      'a session that ran out',
      (id: string) => world.sql`update sessions set expires_at = now() where id = ${id}`,
    ],
    [
      'a disabled person',
      (id: string) =>
        world.sql`update users set status = 'disabled' where id = (select user_id from sessions where id = ${id})`,
    ],
    [
      'a person who left the team',
      (id: string) =>
        world.sql`delete from memberships where user_id = (select user_id from sessions where id = ${id})`,
    ],
    [
      'a person whose role no longer shows values',
      (id: string) => world.sql`
        with blind as (
          insert into roles (id, name, permissions) values (${id}, ${`blind ${id}`}, '{agents:read}') returning id)
        update memberships m set role = blind.id from blind
        where m.user_id = (select user_id from sessions where id = ${id})`,
    ],
  ])('security K3: without any broadcast the sockets of %s end within 5 s', async (_name, end) => {
    const viewer = await live.makeViewer();
    const client = await live.connect(viewer);
    const started = performance.now();
    await end(viewer.sessionId);
    await client.feed.ended.promise;
    expect(performance.now() - started).toBeLessThan(5000);
    expect(client.feed.byes).toMatchObject([{ reason: 'revoked' }]);
  });
});

describe('limits', () => {
  it('security K6: a sixth connection of a user ends the oldest, with the reason', async () => {
    const viewer = await live.makeViewer();
    const clients = [];
    for (let i = 0; i < 6; i++) clients.push(await live.connect(viewer));
    await clients[0]!.feed.ended.promise;
    expect(clients.map(({ feed }) => feed.byes.map((bye) => bye.reason))).toEqual([
      ['replaced'],
      [],
      [],
      [],
      [],
      [],
    ]);
    expect(clients.slice(1).every(({ socket }) => socket.connected)).toBe(true);
  });

  it('security K6: an address holds only so many connections, a trusted one any number', async () => {
    const open = async (trusted: string[]) => {
      const small = await createLiveWorld(world, false, (config) => {
        config.realtime.connectionsPerIp = 2;
        config.realtime.trustedRanges = trusted;
      });
      const viewers = await Promise.all([1, 2, 3].map(() => small.makeViewer()));
      const results = [];
      for (const viewer of viewers) {
        results.push(
          await small.connect(viewer).then(
            () => 'in',
            () => 'out',
          ),
        );
      }
      await small.close();
      return results;
    };
    expect(await open([])).toEqual(['in', 'in', 'out']);
    expect(await open(['127.0.0.0/8'])).toEqual(['in', 'in', 'in']);
  });

  it('security K6: a socket that floods is closed, and so is one that sends a message over 64 KiB', async () => {
    const flooding = await raw(live.issue(await live.makeViewer()));
    for (let i = 0; i < 200; i++) flooding.send('42["unsubscribe",{}]');
    expect(await closed(flooding, 5000)).toBe(true);
    const large = await raw(live.issue(await live.makeViewer()));
    large.send(`42["subscribe","${'x'.repeat(70_000)}"]`);
    expect(await closed(large, 5000)).toBe(true);
  });

  it('security K6: binary messages and attachments are refused', async () => {
    for (const message of [
      '451-["subscribe",{"_placeholder":true,"num":0}]',
      Buffer.from([1, 2, 3]),
      '461-7["x"]',
    ]) {
      const socket = await raw(live.issue(await live.makeViewer()));
      socket.send(message);
      expect(await closed(socket, 5000)).toBe(true);
    }
  });

  it('refuses subscriptions asked for too often', async () => {
    const client = await live.connect(await live.makeViewer());
    const answers = [];
    for (let i = 0; i < 40; i++) answers.push(await client.subscribe({ view: 'events' }));
    expect(answers.at(-1)).toMatchObject({ code: 'rate_limited' });
    client.socket.disconnect();
  });
});

describe('hostile packets', () => {
  const packets = [
    '',
    '4',
    '40',
    '41',
    '42',
    '43',
    '44',
    '45',
    '49',
    '4x',
    '4999999999[]',
    '42[',
    '42{}',
    '42[]',
    '42[null]',
    '42["error"]',
    '42["disconnect"]',
    '42["connect"]',
    '42["newListener","x"]',
    '42["__proto__",{}]',
    '42["constructor"]',
    '42["subscribe",{"__proto__":{"view":"fleet"}}]',
    '42["subscribe",{"constructor":{"prototype":{}}}]',
    '42["subscribe",["fleet"]]',
    '42["subscribe",{"view":"agent","agentId":"__proto__"}]',
    '420["subscribe"]',
    '42["subscribe",{"view":"fleet","since":{"epoch":"__proto__","seq":1e400}}]',
    '42/admin,["subscribe"]',
    '40/__proto__,',
    '42["subscribe",{"view":"fleet"},{"view":"fleet"}]',
    '1',
    '2',
    '2probe',
    '3',
    '5',
    '6',
    '7',
    'b4AAAA',
    '\u0000',
    '\ud800',
    '43999["x"]',
    `42${'['.repeat(5000)}`,
    `42["${'\\u0000'.repeat(100)}"]`,
  ];

  it('security K7: none of them ends the process, and others go on being served', async () => {
    const viewer = await live.makeViewer();
    const agent = await makeAgent(world, viewer.teamId);
    const bystander = await live.connect(viewer);
    await bystander.subscribe({ view: 'fleet' });
    for (const packet of packets) {
      for (const token of [null, live.issue(await live.makeViewer())]) {
        const socket = await raw(token);
        socket.send(packet);
        socket.send(packet);
        await delay(2);
        socket.terminate();
      }
    }
    await live.tick(viewer.teamId, makeTick([agent.id]));
    await bystander.feed.until((message) => Array.isArray(message.i));
    expect((await fetch(`${live.url}/healthz`)).status).toBe(200);
    expect(({} as Record<string, unknown>).view).toBeUndefined();
  });

  it('security K7: broken WebSocket frames and HTTP on the port end their own connection only', async () => {
    const lines = [
      'GET /socket.io/?EIO=4&transport=websocket&sid=__proto__ HTTP/1.1\r\nHost: x\r\nOrigin: http://localhost:3000\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n\xff\xff\xff\xff',
      'GET /socket.io/?EIO=4&transport=webtransport HTTP/1.1\r\nHost: x\r\n\r\n',
      'POST /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n\x00\x01\x02\x03\x04',
      '\x16\x03\x01\x00\xff nonsense',
    ];
    for (const line of lines) {
      await new Promise<void>((resolve) => {
        const socket = connectTcp(live.port, '127.0.0.1', () => socket.end(Buffer.from(line, 'latin1')));
        socket.on('error', () => {});
        socket.on('close', () => resolve());
        socket.resume();
        socket.setTimeout(3000, () => socket.destroy());
      });
    }
    const frames = await raw(null);
    (frames as unknown as { _socket: NodeJS.WritableStream })._socket.write(
      Buffer.from([0xff, 0xff, 1, 2, 3, 4]),
    );
    expect(await closed(frames, 5000)).toBe(true);
    await connected(live.open(live.issue(await live.makeViewer())).socket);
  });
});

describe('the port', () => {
  it('security K9: serves health and sockets only, listens where it was told, and has no second namespace', async () => {
    const statusOf = (path: string) => fetch(live.url + path).then(({ status }) => status);
    const paths = [
      '/',
      '/socket.io/socket.io.js',
      '/socket.io/admin',
      '/admin',
      '/socket.io/?EIO=3',
      '/.env',
    ];
    const statuses = await Promise.all(paths.map(statusOf));
    expect(statuses.filter((status) => status < 400)).toEqual([]);
    expect(await statusOf('/healthz')).toBe(200);
    const elsewhere = Object.values(networkInterfaces())
      .flatMap((list) => list ?? [])
      .filter(({ family, internal }) => family === 'IPv4' && !internal);
    for (const { address } of elsewhere)
      await expect(fetch(`http://${address}:${live.port}/healthz`)).rejects.toThrow();
    const socket = await raw(live.issue(await live.makeViewer()));
    const answer = new Promise<string>((resolve) => socket.on('message', (data) => resolve(String(data))));
    socket.send('40/admin,');
    expect(await answer).toContain('Invalid namespace');
    socket.terminate();
  });
});

describe('slow browsers', () => {
  /** Sends large events, each only after a second browser has it, until the first one is behind. */
  async function outrun(service: LiveWorld) {
    const viewer = await service.makeViewer();
    const agent = await makeAgent(world, viewer.teamId);
    const [slow, quick] = [await service.connect(viewer), await service.connect(viewer)];
    for (const client of [slow, quick]) await client.subscribe({ view: 'events' });
    const { ws } = slow.socket.io.engine.transport as unknown as { ws: { _socket: Socket } };
    ws._socket.pause();
    const metrics = async () => (await fetch(`${service.url}/metrics`)).text();
    // Loopback takes some megabytes by itself before anything would wait in the process.
    const reason = 'x'.repeat(50_000);
    let sent = 0;
    while (sent < 400 && !(sent % 20 === 0 && (await metrics()).includes('sockets_behind 1'))) {
      sent++;
      const change = { from: 'running', to: 'degraded', reason, at: sent } as const;
      await service.event(viewer.teamId, { type: 'agent.health', agentId: agent.id, ...change });
      await quick.feed.until(({ event }) => (event as { at: number } | undefined)?.at === sent);
    }
    return { slow, quick, sent, metrics, tcp: ws._socket };
  }

  it('reliability F24: one that stops reading is skipped and caught up by a snapshot, while another gets every message', async () => {
    const { slow, quick, sent, tcp } = await outrun(live);
    tcp.resume();
    const first = quick.feed.messages[0]?.s ?? 0;
    const last = first + sent - 1;
    const caughtUp = await slow.feed.until(({ event, s }) => event === undefined && s >= last);
    expect(caughtUp.k).toBe('events');
    expect(slow.feed.messages.length).toBeLessThan(sent);
    expect(quick.feed.messages.map(({ s }) => s)).toEqual(quick.feed.messages.map((_, i) => first + i));
  });

  it('security K6: one that stays behind for 30 s is cut off', async () => {
    const service = await createLiveWorld(world, false);
    const { quick, metrics } = await outrun(service);
    service.pass(31_000);
    const end = Date.now() + 5000;
    let text = '';
    while (!text.includes('slow_consumers_total{what="cut_off"} 1') && Date.now() < end)
      text = await metrics();
    expect(text).toContain('slow_consumers_total{what="cut_off"} 1');
    expect(quick.socket.connected).toBe(true);
    await service.close();
  });
});

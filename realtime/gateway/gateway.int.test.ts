import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FleetSnapshot } from '#lib/model/live.ts';
import { makeAgent } from '#lib/testing/factories.ts';
import { makeTick } from '#lib/testing/live-tick.ts';
import { connected, createLiveWorld, type LiveWorld, ORIGIN } from '#lib/testing/live-world.ts';
import { createWorld, type World } from '#lib/testing/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

async function fleetOf(answer: Promise<unknown>): Promise<FleetSnapshot> {
  const given = (await answer) as { ok: boolean; snapshot: string };
  expect(given.ok).toBe(true);
  return JSON.parse(given.snapshot);
}

describe.each([
  ['Redis', true],
  ['the embedded bus', false],
])('realtime over %s', (_name, withRedis) => {
  let live: LiveWorld;
  beforeAll(async () => {
    live = await createLiveWorld(world, withRedis);
  });
  afterAll(() => live.close());

  it('gives a snapshot of the fleet and then what changes, without a gap', async () => {
    const viewer = await live.makeViewer();
    const agent = await makeAgent(world, viewer.teamId, { name: 'planner' });
    const client = await live.connect(viewer);
    const snapshot = await fleetOf(client.subscribe({ view: 'fleet' }));
    expect(snapshot.names).toEqual(['planner']);
    await live.tick(viewer.teamId, makeTick([agent.id], {}, 3));
    const delta = await client.feed.until((message) => Array.isArray(message.i));
    expect(delta).toMatchObject({ k: 'fleet', e: snapshot.e, i: [0] });
    expect((delta.c as number[][])[1]).toEqual([3]);
    expect(client.feed.messages.map((message) => message.s)).toEqual(
      client.feed.messages.map((_, i) => snapshot.s + 1 + i),
    );
  });

  it('sums the ticks of several writers, and leaves out a repeated one', async () => {
    const viewer = await live.makeViewer();
    const agent = await makeAgent(world, viewer.teamId);
    const client = await live.connect(viewer);
    await client.subscribe({ view: 'fleet' });
    await live.tick(viewer.teamId, makeTick([agent.id], { writer: 'a' }, 2));
    await live.tick(viewer.teamId, makeTick([agent.id], { writer: 'a' }, 2));
    await live.tick(viewer.teamId, makeTick([agent.id], { writer: 'b' }, 5));
    const delta = await client.feed.until((message) => (message.m as number[] | undefined)?.[0] === 7);
    expect(delta.k).toBe('fleet');
    const agentView = await client.subscribe({ view: 'agent', agentId: agent.id });
    expect(JSON.parse((agentView as { snapshot: string }).snapshot).minute[0]).toBe(7);
  });

  it('shows an agent that the team did not have when its first tick arrives', async () => {
    const viewer = await live.makeViewer();
    const client = await live.connect(viewer);
    expect((await fleetOf(client.subscribe({ view: 'fleet' }))).ids).toEqual([]);
    const agent = await makeAgent(world, viewer.teamId, { name: 'newcomer' });
    await live.tick(viewer.teamId, makeTick([agent.id]));
    const delta = await client.feed.until((message) => message.a !== undefined);
    expect((delta.a as unknown[][])[0]?.slice(0, 2)).toEqual([agent.id, 'newcomer']);
  });

  it('goes on where a browser stood, and gives a snapshot for a position that is not known', async () => {
    const viewer = await live.makeViewer();
    const agent = await makeAgent(world, viewer.teamId);
    const watcher = await live.connect(viewer);
    await watcher.subscribe({ view: 'fleet' });
    const client = await live.connect(viewer);
    const snapshot = await fleetOf(client.subscribe({ view: 'fleet' }));
    client.socket.disconnect();
    for (const seq of [1, 2, 3]) {
      await live.tick(viewer.teamId, makeTick([agent.id], { seq }));
      await watcher.feed.until((message) => (message.m as number[] | undefined)?.[0] === seq);
    }
    const again = await live.connect(viewer);
    const since = { epoch: snapshot.e, seq: snapshot.s };
    const answer = (await again.subscribe({ view: 'fleet', since })) as { deltas: string[] };
    const numbers = answer.deltas.map((text) => JSON.parse(text).s);
    expect(numbers[0]).toBe(snapshot.s + 1);
    expect(numbers).toEqual(numbers.map((_: number, i: number) => snapshot.s + 1 + i));
    for (const unknown of [
      { epoch: 'another', seq: 1 },
      { epoch: snapshot.e, seq: snapshot.s + 10_000 },
    ]) {
      const fresh = await again.subscribe({ view: 'fleet', since: unknown });
      expect(fresh).toHaveProperty('snapshot');
    }
  });

  it('security K4: sends a team nothing of another team', async () => {
    const [ours, theirs] = [await live.makeViewer(), await live.makeViewer()];
    const [own, foreign] = [await makeAgent(world, ours.teamId), await makeAgent(world, theirs.teamId)];
    const client = await live.connect(ours);
    await client.subscribe({ view: 'fleet' });
    await client.subscribe({ view: 'events' });
    expect(await client.subscribe({ view: 'agent', agentId: foreign.id })).toMatchObject({
      code: 'not_found',
    });
    await live.tick(theirs.teamId, makeTick([foreign.id]));
    await live.event(theirs.teamId, { type: 'agent.changed', agentId: foreign.id });
    await live.tick(ours.teamId, makeTick([own.id]));
    await client.feed.until((message) => Array.isArray(message.i));
    expect(JSON.stringify(client.feed.messages)).not.toContain(foreign.id);
  });

  it('security K4: answers what is no known view with invalid, and joins nothing', async () => {
    const client = await live.connect(await live.makeViewer());
    const bad = [null, 'fleet', {}, { view: 'team-b' }, { view: 'fleet', teamId: 'x' }, { view: 'agent' }];
    for (const request of bad) {
      expect(await client.subscribe(request as never)).toMatchObject({ ok: false, code: 'invalid' });
    }
  });

  it('forwards team events at once and in order, and resumes them', async () => {
    const viewer = await live.makeViewer();
    const agent = await makeAgent(world, viewer.teamId);
    const client = await live.connect(viewer);
    const start = JSON.parse(((await client.subscribe({ view: 'events' })) as { snapshot: string }).snapshot);
    for (let i = 0; i < 20; i++) {
      await live.event(viewer.teamId, {
        type: 'agent.health',
        agentId: agent.id,
        from: 'running',
        to: 'degraded',
        reason: String(i),
        at: i,
      });
    }
    await client.feed.until((message) => (message.event as { reason: string } | undefined)?.reason === '19');
    const events = client.feed.messages.filter((message) => message.event !== undefined);
    const reasons = events.map((message) => (message.event as { reason: string }).reason);
    expect(reasons).toEqual(Array.from({ length: 20 }, (_, i) => String(i)));
    const again = await live.connect(viewer);
    const since = { epoch: start.e, seq: events[14]?.s ?? 0 };
    const answer = (await again.subscribe({ view: 'events', since })) as { deltas: string[] };
    const missed = answer.deltas.flatMap((text) => JSON.parse(text).event?.reason ?? []);
    expect(missed).toEqual(['15', '16', '17', '18', '19']);
  });

  it('removes a deleted agent from the fleet, and renames one that was edited', async () => {
    const viewer = await live.makeViewer();
    const [gone, kept] = [await makeAgent(world, viewer.teamId), await makeAgent(world, viewer.teamId)];
    const client = await live.connect(viewer);
    const { ids } = await fleetOf(client.subscribe({ view: 'fleet' }));
    await world.sql`update agents set name = 'renamed', status = 'error' where id = ${kept.id}`;
    await live.event(viewer.teamId, { type: 'agent.deleted', agentId: gone.id });
    await live.event(viewer.teamId, { type: 'agent.changed', agentId: kept.id });
    const isAbout = (id: string) => (message: Record<string, unknown>) =>
      (message.u as [number][] | undefined)?.some(([row]) => row === ids.indexOf(id)) ?? false;
    const removal = await client.feed.until(isAbout(gone.id));
    expect((removal.u as unknown[][])[0]?.[3]).toBe(-1);
    const edit = await client.feed.until(isAbout(kept.id));
    expect((edit.u as unknown[][]).at(-1)?.slice(1, 4)).toEqual(['renamed', 'default', 2]);
  });

  it('security K5: what is said to a room is what the weakest viewer may know, whatever else the bus carries', async () => {
    const viewer = await live.makeViewer('viewer');
    const agent = await makeAgent(world, viewer.teamId, { controlUrl: 'http://127.0.0.1:9/canary-control' });
    const client = await live.connect(viewer);
    const answers = [
      await client.subscribe({ view: 'fleet' }),
      await client.subscribe({ view: 'events' }),
      await client.subscribe({ view: 'agent', agentId: agent.id }),
    ];
    const more = { secret: 'canary-event', apiKey: 'canary-key', actor: { email: 'canary@example.test' } };
    const change = { from: 'running', to: 'degraded', reason: 'slow', at: 1 } as const;
    await live.event(viewer.teamId, { type: 'agent.health', agentId: agent.id, ...change, ...more });
    await live.event(viewer.teamId, { type: 'audit.row', ...more } as never);
    await live.tick(viewer.teamId, { ...makeTick([agent.id], {}, 7), ...more } as never);
    await client.feed.until(({ event }) => (event as { at?: number } | undefined)?.at === 1);
    await client.feed.until((message) => (message.m as number[] | undefined)?.[0] === 7);
    expect(JSON.stringify([answers, client.feed.messages])).not.toContain('canary');
  });

  it('deployment S-66, S-84, security K5: changes of deployments and clusters reach only who may see them', async () => {
    const seeing = await live.makeViewer();
    const agent = await makeAgent(world, seeing.teamId);
    const change = { deploymentId: agent.id, agentId: agent.id, seq: 2, status: 'completed' } as const;
    const alert = {
      alertId: agent.id,
      version: 1,
      status: 'active',
      severity: 'critical',
      title: 't',
    } as const;
    const heard: string[][] = [];
    for (const may of [
      ['deployments:read', 'alerts:read', 'clusters:read'],
      ['deployments:read'],
      ['alerts:read'],
      ['clusters:read'],
      [],
    ] as const) {
      const permissions = new Set(['agents:read', 'metrics:read', ...may] as const);
      const client = await live.connect({ ...(await live.makeViewer('viewer', seeing.teamId)), permissions });
      await client.subscribe({ view: 'events' });
      await live.event(seeing.teamId, { type: 'deployment.changed', ...change, at: 1 });
      await live.event(seeing.teamId, { type: 'alert.changed', ...alert, agentId: null, at: 1 });
      await live.event(seeing.teamId, { type: 'cluster.changed', clusterId: agent.id, at: 1 });
      await live.event(seeing.teamId, { type: 'agent.changed', agentId: agent.id });
      await client.feed.until(
        ({ event }) => (event as { type?: string } | undefined)?.type === 'agent.changed',
      );
      heard.push(
        client.feed.messages.flatMap(({ event }) => (event ? [(event as { type: string }).type] : [])),
      );
    }
    expect(heard).toEqual([
      ['deployment.changed', 'alert.changed', 'cluster.changed', 'agent.changed'],
      ['deployment.changed', 'agent.changed'],
      ['alert.changed', 'agent.changed'],
      ['cluster.changed', 'agent.changed'],
      ['agent.changed'],
    ]);
  });

  it('security K5, A4: events of alerts reach only who may see alerts, also after that has changed', async () => {
    const seeing = await live.makeViewer();
    const viewer = await live.makeViewer('viewer', seeing.teamId);
    const role = viewer.userId;
    const blind = ['agents:read', 'metrics:read'] as const;
    const become = async (id: string): Promise<void> => {
      await world.sql`update memberships set role = ${id} where user_id = ${viewer.userId}`;
      await live.control({ type: 'access.changed', userId: viewer.userId });
    };
    await world.sql`insert into roles (id, name, permissions) values (${role}, ${role}, ${[...blind]})`;
    await become(role);
    const all = await live.connect(seeing);
    const some = await live.connect({ ...viewer, permissions: new Set(blind) });
    const epochs = [await all.subscribe({ view: 'events' }), await some.subscribe({ view: 'events' })].map(
      (answer) => JSON.parse((answer as { snapshot: string }).snapshot).e as string,
    );
    const agent = await makeAgent(world, seeing.teamId);
    /** Says something of an alert, then of an agent; everybody hears the second. */
    const happen = async (at: number): Promise<void> => {
      const alert = { alertId: agent.id, version: 1, status: 'active', severity: 'critical' } as const;
      const title = `secret ${at}`;
      await live.event(seeing.teamId, { type: 'alert.changed', ...alert, title, agentId: null, at });
      await live.event(seeing.teamId, { type: 'alerts.changed', count: 7, at });
      const change = { from: 'running', to: 'degraded', reason: 'slow', at } as const;
      await live.event(seeing.teamId, { type: 'agent.health', agentId: agent.id, ...change });
      for (const { feed } of [all, some]) {
        await feed.until(({ event }) => {
          const heard = event as { type: string; at: number } | undefined;
          return heard?.type === 'agent.health' && heard.at === at;
        });
      }
    };
    /** Gives a role and waits until the socket was told where the events of its new room stand. */
    const moveTo = async (id: string, epoch: string | undefined): Promise<void> => {
      const before = some.feed.messages.length;
      await become(id);
      await some.feed.until(
        (message) => message.e === epoch && some.feed.messages.indexOf(message) >= before,
      );
    };
    const alertsHeard = (feed: typeof all.feed): number[] =>
      feed.messages.flatMap(({ event }) => {
        const heard = event as { type: string; at: number } | undefined;
        return heard?.type.startsWith('alert') ? [heard.at] : [];
      });
    await happen(1);
    expect(alertsHeard(some.feed)).toEqual([]);
    await moveTo('viewer', epochs[0]);
    await happen(2);
    expect(alertsHeard(some.feed)).toEqual([2, 2]);
    await moveTo(role, epochs[1]);
    await happen(3);
    expect(alertsHeard(some.feed)).toEqual([2, 2]);
    expect(alertsHeard(all.feed)).toEqual([1, 1, 2, 2, 3, 3]);
    expect(some.feed.byes).toEqual([]);
  });

  it('security K2: a token is used once', async () => {
    const token = live.issue(await live.makeViewer());
    await connected(live.open(token).socket);
    await expect(connected(live.open(token).socket)).rejects.toMatchObject({
      data: { code: 'unauthenticated' },
    });
  });
});

describe('the handshake', () => {
  let live: LiveWorld;
  beforeAll(async () => {
    live = await createLiveWorld(world, false);
  });
  afterAll(() => live.close());

  it('security K1: a foreign or missing origin is refused', async () => {
    const viewer = await live.makeViewer();
    for (const origin of ['http://evil.example', `${ORIGIN}.evil.example`, 'null', null]) {
      await expect(connected(live.open(live.issue(viewer), origin).socket)).rejects.toThrow();
    }
    await connected(live.open(live.issue(viewer), ORIGIN).socket);
  });

  it('security K2: a forged, expired, foreign or missing token is refused', async () => {
    const viewer = await live.makeViewer();
    const token = live.issue(viewer);
    const [body = '', signature = ''] = token.split('.');
    const admin = {
      ...JSON.parse(Buffer.from(body, 'base64url').toString()),
      permissions: ['agents:read', 'metrics:read', 'alerts:read', 'deployments:read'],
      userId: viewer.teamId,
    };
    const forged = `${Buffer.from(JSON.stringify(admin)).toString('base64url')}.${signature}`;
    const junk = ['', '.', 'a.b', 'e30.e30', 7, null, { toString: 'x' }, 'x'.repeat(5000), undefined];
    for (const bad of [forged, `${body}.`, `${token}.x`, ...junk]) {
      await expect(connected(live.open(bad).socket)).rejects.toMatchObject({
        data: { code: 'unauthenticated' },
      });
    }
  });

  it('answers polling with 400', async () => {
    const response = await fetch(`${live.url}/socket.io/?EIO=4&transport=polling`, {
      headers: { origin: ORIGIN },
    });
    expect(response.status).toBe(400);
    const posted = await fetch(`${live.url}/socket.io/?EIO=4&transport=polling&sid=__proto__`, {
      method: 'POST',
      body: 'bAAAA',
      headers: { origin: ORIGIN },
    });
    expect(posted.status).toBe(400);
  });

  it('security U9: metrics are for loopback or the token; health is for everybody', async () => {
    expect((await fetch(`${live.url}/healthz`)).status).toBe(200);
    expect((await fetch(`${live.url}/readyz`)).status).toBe(200);
    expect(await (await fetch(`${live.url}/metrics`)).text()).toContain('pitwall_realtime_sockets');
    const forwarded = await fetch(`${live.url}/metrics`, { headers: { 'x-forwarded-for': '192.0.2.1' } });
    expect(forwarded.status).toBe(401);
  });
});

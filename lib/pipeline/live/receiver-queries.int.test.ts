import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask } from '#lib/command/define-query.ts';
import { composeIngest } from '#lib/compose/ingest.ts';
import { makeConfig } from '#lib/config/config.ts';
import { createLog } from '#lib/kernel/log.ts';
import type { IngestMeter, Signal } from '#lib/pipeline/ingest/contract.ts';
import { commandContext, testOrigin, userActor } from '#lib/testing/command-context.ts';
import { makeTeam } from '#lib/testing/factories.ts';
import { createWorld, type World } from '#lib/testing/world.ts';
import { listSenders } from './receiver-queries.ts';

const nothing = () => {};
const meter: IngestMeter = {
  accepted: nothing,
  refused: nothing,
  duplicate: nothing,
  unmapped: nothing,
  flushed: nothing,
  tickPublished: nothing,
};

let world: World;
let dataDir: string;
beforeAll(async () => {
  world = await createWorld();
  dataDir = mkdtempSync(join(tmpdir(), 'pitwall-receiver-'));
});
afterAll(async () => {
  await world.close();
  rmSync(dataDir, { recursive: true, force: true });
});

/** Sends requests through an ingest process that may keep 5 series an agent, and stops it. */
async function send(teamId: string, requests: [signal: Signal, payload: object][]): Promise<void> {
  const config = makeConfig({
    DATABASE_URL: world.appUrl,
    REDIS_URL: world.redisUrl,
    DATA_DIR: dataDir,
    MAX_SERIES_PER_AGENT: '5',
  });
  const { door, lifecycle } = await composeIngest(config, meter, createLog('test', 'silent'));
  try {
    for (const [signal, payload] of requests) {
      const body = Buffer.from(JSON.stringify(payload));
      await door.ingest({ teamId, keyId: 'key', signal, encoding: 'json', body, receivedAtMs: Date.now() });
    }
  } finally {
    await lifecycle.stop();
  }
}

const text = (key: string, value: string) => ({ key, value: { stringValue: value } });
const resource = (service: string) => ({ attributes: [text('service.name', service)] });

function gauge(service: string, models: readonly string[]): [Signal, object] {
  const dataPoints = models.map((model) => ({
    timeUnixNano: `${Date.now()}000000`,
    asDouble: 1,
    attributes: [text('gen_ai.request.model', model)],
  }));
  const metrics = [{ name: 'load', gauge: { dataPoints } }];
  return ['metrics', { resourceMetrics: [{ resource: resource(service), scopeMetrics: [{ metrics }] }] }];
}

function chat(service: string, endMs: number): [Signal, object] {
  const span = {
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId: endMs.toString(16).padStart(16, '0'),
    name: 'chat gpt-4o',
    startTimeUnixNano: `${endMs - 100}000000`,
    endTimeUnixNano: `${endMs}000000`,
    attributes: [text('gen_ai.operation.name', 'chat'), text('gen_ai.made_up', 'x')],
  };
  return ['traces', { resourceSpans: [{ resource: resource(service), scopeSpans: [{ spans: [span] }] }] }];
}

test('security P9: series over the cap are counted visibly for their sender, through the whole path', async () => {
  const { id } = await makeTeam(world);
  await send(id, [
    gauge('shop', ['1', '2', '3', '4', '5', '6', '7']),
    gauge('shop', ['8', '9']),
    chat('desk', Date.now()),
  ]);
  const report = await ask(commandContext(world), userActor(id, 'viewer'), listSenders, {});
  expect(report.totals).toEqual({ accepted: 6, refused: 4, tooManySeries: 4, unmapped: 1 });
  const bySender = Object.fromEntries(report.senders.map((sender) => [sender.sender, sender]));
  expect(bySender).toMatchObject({
    shop: { accepted: 5, refused: 4, refusals: [{ reason: 'too_many_series', count: 4 }] },
    desk: { accepted: 1, refused: 0, unmapped: 1, conventions: ['gen_ai'] },
  });
});

test('a sender whose every item is refused is named: that is who needs the hint', async () => {
  const { id } = await makeTeam(world);
  await send(id, [chat('clock-stands-still', 86_400_000)]);
  const { senders } = await ask(commandContext(world), userActor(id, 'viewer'), listSenders, {});
  expect(senders).toMatchObject([
    { sender: 'clock-stands-still', accepted: 0, refusals: [{ reason: 'too_old', count: 1 }] },
  ]);
});

test('security Z4: the book of another team and of more than 7 days ago is not told; an ingest key may not ask', async () => {
  const { id } = await makeTeam(world);
  const other = await makeTeam(world);
  const line = (team: string, daysAgo: number) => world.ownerSql`
    insert into sender_stats (team_id, day, sender, signal, outcome, count, last_at)
    values (${team}, (now() at time zone 'utc')::date - ${daysAgo}::int, 'shop', 'traces', 'accepted', 1, now())`;
  await line(other.id, 0);
  await line(id, 7);
  await line(id, 6);
  const report = await ask(commandContext(world), userActor(id, 'viewer'), listSenders, {});
  expect(report.totals.accepted).toBe(1);
  const key = {
    kind: 'key',
    keyId: 'k',
    keyName: 'k',
    teamId: id,
    scopes: ['ingest'],
    origin: testOrigin,
  } as const;
  await expect(ask(commandContext(world), key, listSenders, {})).rejects.toMatchObject({ code: 'forbidden' });
});

import { afterAll, beforeAll, expect, test } from 'vitest';
import { startLoad, stored } from './ingest-load.ts';
import { createIngestRig, type IngestRig, pause } from './ingest-rig.ts';

let rig: IngestRig;
beforeAll(async () => {
  rig = await createIngestRig();
});
afterAll(() => rig.close());

/** Each test adds to the same database: what was promised adds up. */
const promised = { spans: 0, work: 0 };

async function expectExactly(
  load: ReturnType<typeof startLoad>,
): Promise<{ requests: number; repeated: number }> {
  const { spans, work, refused, requests, repeated } = await load.stop();
  promised.spans += spans;
  promised.work += work;
  expect(refused, rig.log().slice(-6000)).toEqual([]);
  expect(await stored(rig)).toEqual({
    spans: promised.spans,
    distinctSpans: promised.spans,
    work: promised.work,
    rolledSpans: promised.spans,
    rolledWork: promised.work,
  });
  return { requests, repeated };
}

test('kill -9 of ingest in mid-load: nothing answered 2xx is missing, nothing is counted twice', async () => {
  const load = startLoad(rig);
  for (let kill = 0; kill < 5; kill++) {
    await pause(400 + kill * 150);
    await rig.endIngest('SIGKILL');
    await rig.startIngest();
  }
  const { requests, repeated } = await expectExactly(load);
  expect(requests).toBeGreaterThan(20);
  expect(repeated).toBeGreaterThan(0);
});

test('reliability F5: SIGTERM of ingest in mid-load drains, ends by itself and loses nothing', async () => {
  const load = startLoad(rig);
  for (let stop = 0; stop < 2; stop++) {
    await pause(500);
    const startedAt = Date.now();
    expect(await rig.endIngest('SIGTERM')).toBe(0);
    expect(Date.now() - startedAt).toBeLessThan(10_000);
    await rig.startIngest();
  }
  await expectExactly(load);
});

test('reliability F12: a fast restart of PostgreSQL in mid-load loses no answered export and is over in 5 s', async () => {
  const load = startLoad(rig);
  await pause(500);
  await rig.stopPostgres('fast');
  expect((await fetch(`${rig.otlpUrl}/readyz`)).status).toBe(503);
  await pause(500);
  await rig.startPostgres();
  const backAt = Date.now();
  await expect.poll(async () => (await fetch(`${rig.otlpUrl}/readyz`)).status, { timeout: 5_000 }).toBe(200);
  expect(Date.now() - backAt).toBeLessThan(5_000);
  await pause(500);
  const { repeated } = await expectExactly(load);
  expect(repeated).toBeGreaterThan(0);
  expect(rig.ingestAlive()).toBe(true);
});

test('reliability F13: after kill -9 of PostgreSQL in mid-load every 2xx is durable', async () => {
  const load = startLoad(rig);
  for (let kill = 0; kill < 2; kill++) {
    await pause(700);
    await rig.stopPostgres('kill');
    await rig.startPostgres();
  }
  await pause(500);
  await expectExactly(load);
  expect(rig.ingestAlive()).toBe(true);
});

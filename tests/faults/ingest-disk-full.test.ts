import { afterAll, beforeAll, expect, test } from 'vitest';
import { startLoad, stored } from './ingest-load.ts';
import { createIngestRig, type IngestRig, pause } from './ingest-rig.ts';
import { type SmallDisk, startOnSmallDisk } from './small-disk.ts';

let rig: IngestRig;
let disk: SmallDisk;
beforeAll(async () => {
  rig = await createIngestRig({}, async (dir) => {
    disk = await startOnSmallDisk(dir, 400);
    const { ownerUrl, appUrl, close } = disk;
    return { ownerUrl, appUrl, close, stop: close, start: async () => {} };
  });
});
afterAll(() => rig.close());

test('reliability F27: a full disk is answered 503, never 200 without durability, and is over when space returns', async () => {
  const load = startLoad(rig);
  await pause(500);
  await disk.fill();
  await expect
    .poll(
      async () => (await (await fetch(`${rig.otlpUrl}/metrics`)).text()).match(/status="503"\} (\d+)/)?.[1],
      {
        timeout: 60_000,
      },
    )
    .toBeDefined();
  await disk.free();
  await pause(1_000);
  const promised = await load.stop();
  expect(promised.refused).toEqual([]);
  expect(promised.repeated).toBeGreaterThan(0);
  const { spans, work } = promised;
  expect(await stored(rig)).toEqual({
    spans,
    distinctSpans: spans,
    work,
    rolledSpans: spans,
    rolledWork: work,
  });
  expect(rig.ingestAlive()).toBe(true);
});

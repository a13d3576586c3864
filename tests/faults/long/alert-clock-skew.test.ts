import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeAgent } from '#lib/testing/factories.ts';
import { type Receiver, startReceiver } from '#lib/testing/receiver.ts';
import { insertRule } from '#lib/testing/rule-world.ts';
import { type AlertRig, createAlertRig } from '#tests/faults/alert-rig.ts';
import { pause } from '#tests/faults/ingest-rig.ts';

const PRELOAD = new URL('./skewed-clock.mjs', import.meta.url).href;
const FIVE_MINUTES_MS = 300_000;
/** Longer than a step of the policy, seconds. */
const STEP = 61;
/** In this time workers do everything that is due. */
const CALM_MS = 2500;

let rig: AlertRig;
let [channel, pager]: Receiver[] = [];
beforeEach(async () => {
  rig = await createAlertRig();
  [channel, pager] = [await startReceiver(), await startReceiver()];
});
afterEach(async () => {
  await Promise.all([channel?.close(), pager?.close()]);
  await rig.close();
});

/** A worker whose wall clock is wrong by so much, as its own log shows. */
async function startSkewed(skewMs: number): Promise<void> {
  const worker = await rig.startWorker({
    NODE_OPTIONS: `--import ${PRELOAD}`,
    CLOCK_SKEW_MS: String(skewMs),
  });
  const [, logged = ''] = /"time":"([^"]+)"/.exec(worker.log()) ?? [];
  expect(Math.abs(Date.parse(logged) - Date.now() - skewMs)).toBeLessThan(60_000);
}

test('alerting S28, reliability F29: workers five minutes ahead and behind tell everything once and skip no step', async () => {
  if (!channel || !pager) throw new Error('no receivers');
  const channelIds = [await rig.setUp.channel(channel.url)];
  const escalationPolicyId = await rig.setUp.policy({
    kind: 'channel',
    id: await rig.setUp.channel(pager.url),
  });
  await rig.setUp.route({
    channelIds,
    escalationPolicyId,
    groupBy: ['alertname'],
    groupWaitMs: 0,
    groupIntervalMs: 1000,
  });
  await Promise.all([startSkewed(FIVE_MINUTES_MS), startSkewed(-FIVE_MINUTES_MS)]);

  const heardAt = new Date(Date.now() - 3_600_000);
  const agent = await makeAgent(rig, rig.teamId, { lastTelemetryAt: heardAt });
  await insertRule(rig, rig.teamId, { type: 'absence', intervalSeconds: 1, levels: { critical: 120 } });
  for (let step = 0; step < 3; step++) {
    await rig.travel(step * STEP);
    await pager.count(step + 1, 30_000);
    await pause(CALM_MS);
    expect([step, pager.received.length, channel.received.length]).toEqual([step, step + 1, 1]);
  }

  // It is heard again: the end is told once, and the step that would be next does not come.
  await rig.owner`update agents set last_telemetry_at = alert_now() where id = ${agent.id}`;
  await Promise.all([channel.count(2, 30_000), pager.count(4, 30_000)]);
  await pause(CALM_MS);
  await rig.travel(3 * STEP);
  await pause(CALM_MS);
  const told = ({ received }: Receiver) => received.map(({ body }) => JSON.parse(body).type);
  const [fires, ends] = ['alert.firing', 'alert.resolved'];
  expect([told(pager), told(channel)]).toEqual([
    [fires, fires, fires, ends],
    [fires, ends],
  ]);
  // The journey of alerting's clock made up to three minutes of it; a worker's own clock would be further off.
  await rig.travel(0);
  const times =
    await rig.owner`select abs(extract(epoch from at - alert_now())) < 240 as near from alert_events`;
  expect(times.map(({ near }) => near)).not.toContain(false);
}, 120_000);

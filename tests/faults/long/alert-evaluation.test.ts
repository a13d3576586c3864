import { afterEach, beforeEach, expect, test } from 'vitest';
import { alertRules } from '#db/schema/alert-rules.ts';
import { phaseOf } from '#lib/alerts/evaluate/grid.ts';
import { ruleDefinitionSchema } from '#lib/model/alert-rule-schema.ts';
import { uuidv7 } from '#lib/model/uuid.ts';
import { makeAgent } from '#lib/testing/factories.ts';
import { type Receiver, startReceiver } from '#lib/testing/receiver.ts';
import { type AlertRig, createAlertRig } from '#tests/faults/alert-rig.ts';
import { pause } from '#tests/faults/ingest-rig.ts';

/** Longer than a claim of a rule and a lease of a message last, seconds. */
const LEASES = 130;

let rig: AlertRig;
let receiver: Receiver;
let agentId: string;
beforeEach(async () => {
  rig = await createAlertRig();
  receiver = await startReceiver();
  const channelIds = [await rig.setUp.channel(receiver.url)];
  await rig.setUp.route({ channelIds, groupBy: ['alertname'], groupWaitMs: 0, groupIntervalMs: 1000 });
  agentId = (await makeAgent(rig, rig.teamId, { lastTelemetryAt: new Date(Date.now() - 3_600_000) })).id;
});
afterEach(async () => {
  await receiver.close();
  await rig.close();
});

/** A rule that fires while an agent is silent, looked at each second. */
async function silenceRule(): Promise<void> {
  const definition = ruleDefinitionSchema.parse({
    ...{ type: 'absence', intervalSeconds: 1, levels: { critical: 60 } },
  });
  const id = uuidv7();
  await rig.db.insert(alertRules).values({
    ...{ id, teamId: rig.teamId, name: 'Silent', type: 'absence', definition, intervalSeconds: 1 },
    ...{ offsetMs: phaseOf(id, 1), nextSlotAt: new Date(0) },
  });
}

const counts = async () => {
  const [row] = await rig.owner`select (select count(*)::int from alert_instances) as instances,
    (select count(*)::int from alert_transitions) as transitions, (select count(*)::int from alerts) as alerts,
    (select count(*)::int from notifications) as messages`;
  return row;
};

test('reliability F2: kill -9 of an evaluator amid its writing leaves nothing half done, and one message in the end', async () => {
  await silenceRule();
  let worker = await rig.startWorker();
  // Instance and alert are written, the group is not: there it is killed.
  await rig.owner.begin(async (tx) => {
    await tx`lock table alert_group_members in exclusive mode`;
    await expect
      .poll(
        async () =>
          (
            await rig.owner`select count(*)::int as n from pg_locks
              where not granted and relation = 'alert_group_members'::regclass`
          )[0]?.n,
        { timeout: 60_000, interval: 50 },
      )
      .toBeGreaterThan(0);
    await worker.signal('SIGKILL');
  });
  await pause(500);
  expect(await counts()).toEqual({ instances: 0, transitions: 0, alerts: 0, messages: 0 });
  worker = await rig.startWorker();
  await rig.travel(LEASES);
  await receiver.count(1, 60_000);
  await pause(3000);
  expect(await counts()).toEqual({ instances: 1, transitions: 1, alerts: 1, messages: 1 });
  expect(receiver.received).toHaveLength(1);
});

test('reliability F7: two evaluators at once make each transition once and tell it once', async () => {
  await silenceRule();
  await Promise.all([rig.startWorker(), rig.startWorker()]);
  const changes = 6;
  for (let i = 0; i < changes; i++) {
    await receiver.count(i + 1, 60_000);
    await pause(300);
    const silent = i % 2 === 1;
    const heard = silent ? new Date(Date.now() - 3_600_000) : new Date(Date.now() + 30_000);
    await rig.owner`update agents set last_telemetry_at = ${heard} where id = ${agentId}`;
  }
  await receiver.count(changes + 1, 60_000);
  await pause(2500);
  expect(receiver.received).toHaveLength(changes + 1);
  expect(await counts()).toMatchObject({ transitions: changes + 1, messages: changes + 1 });
  const [double] = await rig.owner`select count(*)::int as n from (
    select from alert_transitions group by rule_id, fingerprint, to_state, at having count(*) > 1) twice`;
  expect(double?.n).toBe(0);
});

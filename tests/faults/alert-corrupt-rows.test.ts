import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { uuidv7 } from '#lib/model/uuid.ts';
import { enqueueNotifications } from '#lib/notifications/enqueue.ts';
import { makeFinding } from '#lib/testing/alert-factory.ts';
import { makeDraft } from '#lib/testing/notifications.ts';
import { type Receiver, startReceiver } from '#lib/testing/receiver.ts';
import { type AlertRig, createAlertRig, type Worker } from './alert-rig.ts';

let rig: AlertRig;
let channel: Receiver;
let pager: Receiver;
let worker: Worker;
let channelId: string;
let names = 0;
beforeAll(async () => {
  rig = await createAlertRig();
  [channel, pager] = [await startReceiver(), await startReceiver()];
  channelId = await rig.setUp.channel(channel.url);
  const id = await rig.setUp.channel(pager.url);
  const escalationPolicyId = await rig.setUp.policy({ kind: 'channel', id });
  const timers = { groupBy: ['alertname'], groupWaitMs: 0, groupIntervalMs: 600_000 };
  await rig.setUp.route({ ...timers, position: 100, channelIds: [channelId], escalationPolicyId });
  worker = await rig.startWorker();
});
afterEach(async () => {
  await rig.owner`truncate silences, maintenance_windows, inhibition_rules`;
  await rig.owner`delete from alert_routes where position < 100`;
});
afterAll(async () => {
  await Promise.all([channel.close(), pager.close()]);
  await rig.close();
});

/** An alert that is stored now is told and paged soon, whatever stands beside it in the database. */
async function expectToldAndPaged(): Promise<void> {
  const labels = { alertname: `Alert${names++}` };
  const [told, paged] = [channel.received.length + 1, pager.received.length + 1];
  await rig.raise(makeFinding({ source: 'integration', sourceId: 'sender', severity: 'critical', labels }));
  await Promise.all([channel.count(told, 20_000), pager.count(paged, 20_000)]);
  expect(worker.alive()).toBe(true);
}

const NOT_A_PATTERN = [{ name: 'alertname', operator: '=~', value: '(' }];
const hour = "now() - interval '1 hour', now() + interval '1 hour'";

const corrupt: [what: string, text: string, matchers: unknown][] = [
  [
    'a silence whose pattern is none',
    `insert into silences (id, team_id, matchers, starts_at, ends_at, created_by_name) values ($1, $2, $3, ${hour}, 'x')`,
    NOT_A_PATTERN,
  ],
  [
    'a silence whose matchers are no list',
    `insert into silences (id, team_id, matchers, starts_at, ends_at, created_by_name) values ($1, $2, $3, ${hour}, 'x')`,
    7,
  ],
  [
    'a maintenance window in a zone that is none',
    `insert into maintenance_windows (id, team_id, name, matchers, time_zone, "when") values ($1, $2, 'x', $3,
      'Nowhere/Land', '{"kind":"recurring","intervals":[{}]}')`,
    [],
  ],
  [
    'an inhibition rule whose pattern is none',
    `insert into inhibition_rules (id, team_id, name, source, target) values ($1, $2, 'x', $3, $3)`,
    NOT_A_PATTERN,
  ],
  [
    'a route whose matchers are no list',
    `insert into alert_routes (id, team_id, position, name, matchers) values ($1, $2, 1, 'x', $3)`,
    { a: 1 },
  ],
  [
    'a route whose pattern is none',
    `insert into alert_routes (id, team_id, position, name, matchers) values ($1, $2, 1, 'x', $3)`,
    NOT_A_PATTERN,
  ],
];

test.each(corrupt)('reliability F38: %s keeps no alert from being told', async (_what, text, matchers) => {
  await rig.owner.unsafe(text, [uuidv7(), rig.teamId, rig.owner.json(matchers as never)]);
  await expectToldAndPaged();
});

test('reliability F36, F38: for messages that can not be read plain ones go, and the queue goes on', async () => {
  const drafts = ['one', 'two', 'three'].map((cause) =>
    makeDraft({ teamId: rig.teamId, channelId, cause, priority: 0, message: {} as never }),
  );
  await rig.db.transaction((tx) => enqueueNotifications(tx, drafts));
  await rig.owner`update notifications set message = '{"alerts": 7, "status": 3}' where cause = 'two'`;
  await rig.owner`update notifications set message = '[]' where cause = 'three'`;
  await expectToldAndPaged();
  await expect
    .poll(
      async () =>
        (await rig.owner`select status from notifications where cause in ('one', 'two', 'three')`).map(
          ({ status }) => status,
        ),
      { timeout: 10_000 },
    )
    .toEqual(['delivered', 'delivered', 'delivered']);
});

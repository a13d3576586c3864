import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { alertRules } from '#db/schema/alert-rules.ts';
import type { Role } from '#lib/access/permissions.ts';
import { listAuditRows } from '#lib/audit/queries.ts';
import { execute } from '#lib/command/define-command.ts';
import { ask } from '#lib/command/define-query.ts';
import { commandContext, userActor } from '#lib/testing/command-context.ts';
import { makeAgent, makeTeam, makeUser } from '#lib/testing/factories.ts';
import { scriptedSource } from '#lib/testing/rule-world.ts';
import { createWorld, type World } from '#lib/testing/world.ts';
import { createRule } from './create-rule.ts';
import { deleteRule } from './delete-rule.ts';
import { importRules } from './import-rules.ts';
import { previewRule } from './preview-rule.ts';
import { exportRules, getRule, listRules, listRuleTransitions, listRuleVersions } from './queries.ts';
import { restoreRuleVersion, updateRule } from './update-rule.ts';

let world: World;
let teamId: string;
let userId: string;
let context: ReturnType<typeof commandContext>;
beforeAll(async () => {
  world = await createWorld();
});
beforeEach(async () => {
  teamId = (await makeTeam(world)).id;
  userId = (await makeUser(world)).id;
  context = commandContext(world);
});
afterAll(() => world.close());

const actor = (role: Role = 'developer', team = teamId) => userActor(team, role, { userId });
const definition = { type: 'threshold', levels: { critical: 10 } } as const;
const make = (values: object = {}) =>
  execute(context, actor(), createRule, { name: 'Busy', definition, ...values });
const get = (id: string) => ask(context, actor(), getRule, { id });

test('a rule is made as its first version, due at once, with its row in the ledger', async () => {
  const { id } = await make();
  expect(await get(id)).toMatchObject({ name: 'Busy', version: 1, enabled: true, health: 'unknown' });
  const [row] = await world.db.select().from(alertRules).where(eq(alertRules.id, id));
  expect((row?.nextSlotAt.getTime() ?? Infinity) <= Date.now()).toBe(true);
  expect(await listAuditRows(world.db, teamId, 10)).toMatchObject([
    { action: 'alert-rule.create', targetId: id },
  ]);
});

const COMMANDS = [
  [updateRule, { enabled: false }],
  [deleteRule, {}],
  [restoreRuleVersion, { version: 1 }],
] as const;

test.each(COMMANDS)(
  '$name is refused to a viewer, and to another team there is no such rule',
  async (verb, input) => {
    const { id } = await make();
    await expect(execute(context, actor('viewer'), verb, { id, ...input })).rejects.toMatchObject({
      code: 'forbidden',
    });
    const other = (await makeTeam(world)).id;
    await expect(execute(context, actor('admin', other), verb, { id, ...input })).rejects.toMatchObject({
      code: 'not_found',
    });
  },
);

test('making and taking in rules is refused to a viewer', async () => {
  const viewer = actor('viewer');
  const refused = { code: 'forbidden' };
  await expect(execute(context, viewer, createRule, { name: 'x', definition })).rejects.toMatchObject(
    refused,
  );
  await expect(execute(context, viewer, importRules, { yaml: 'rules: []' })).rejects.toMatchObject(refused);
});

test('a name is taken once, also by renaming', async () => {
  await make();
  await expect(make()).rejects.toMatchObject({ code: 'conflict' });
  const { id } = await make({ name: 'Other' });
  await expect(execute(context, actor(), updateRule, { id, name: 'Busy' })).rejects.toMatchObject({
    code: 'conflict',
  });
});

test('every change makes a version, and an earlier one comes back as the next', async () => {
  const { id } = await make();
  const louder = { ...definition, levels: { critical: 20 } };
  expect(await execute(context, actor(), updateRule, { id, definition: louder })).toEqual({ id, version: 2 });
  expect(await execute(context, actor(), restoreRuleVersion, { id, version: 1 })).toEqual({ id, version: 3 });
  expect((await get(id)).definition?.levels).toEqual({ critical: 10 });
  const { items } = await ask(context, actor(), listRuleVersions, { id });
  expect(items.map(({ version, changedBy }) => [version, changedBy])).toEqual([
    [3, 'developer'],
    [2, 'developer'],
    [1, 'developer'],
  ]);
});

test('alerting S10: setting a rule up again as it is makes no version', async () => {
  const { id } = await make();
  const again = { levels: { critical: 10 }, type: 'threshold', windowSeconds: 300 };
  expect(await execute(context, actor(), updateRule, { id, definition: again })).toEqual({ id, version: 1 });
});

test('who edits a version that is not the latest gets a conflict', async () => {
  const { id } = await make();
  await execute(context, actor(), updateRule, { id, enabled: false });
  await expect(
    execute(context, actor(), updateRule, { id, enabled: true, ifVersion: 1 }),
  ).rejects.toMatchObject({ code: 'conflict' });
});

test('a deleted rule is gone, and its name is free again', async () => {
  const { id } = await make();
  await execute(context, actor(), deleteRule, { id });
  await expect(get(id)).rejects.toMatchObject({ code: 'not_found' });
  expect(await ask(context, actor(), listRules, {})).toEqual({ items: [] });
  await make();
});

test('what was exported comes back the same, elsewhere too', async () => {
  await make({ name: 'One', definition: { type: 'absence', levels: { critical: 300 } } });
  await make({ name: 'Two', enabled: false });
  const { yaml } = await ask(context, actor(), exportRules, {});
  const same = await execute(context, actor(), importRules, { yaml });
  expect(same).toEqual({ created: 0, updated: 0, unchanged: 2 });
  const other = (await makeTeam(world)).id;
  const elsewhere = await execute(context, actor('developer', other), importRules, { yaml });
  expect(elsewhere).toEqual({ created: 2, updated: 0, unchanged: 0 });
  expect((await ask(context, actor('developer', other), exportRules, {})).yaml).toBe(yaml);
});

test('a file with a mistake changes nothing and says where it is', async () => {
  const yaml = `rules:
  - name: Good
    definition: { type: threshold, levels: { critical: 1 } }
  - name: Bad
    definition: { type: threshold, levels: {} }`;
  await expect(execute(context, actor(), importRules, { yaml })).rejects.toMatchObject({
    code: 'invalid',
    issues: [{ path: 'rules.1.definition.levels' }],
  });
  expect(await ask(context, actor(), listRules, {})).toEqual({ items: [] });
  const escaped = 'rules: [{ name: "a\\0", definition: { type: threshold, levels: { critical: 1 } } }]';
  for (const broken of ['rules: [', 'a: &a [x]\nb: [*a]', escaped]) {
    await expect(execute(context, actor(), importRules, { yaml: broken })).rejects.toMatchObject({
      code: 'invalid',
    });
  }
});

const SENSELESS = [
  [{ type: 'ratio', levels: { critical: -0.05 } }, 'Must be between 0% and 100%, not -5%.'],
  [{ type: 'ratio', levels: { critical: 1.2 } }, 'Must be between 0% and 100%, not 120%.'],
  [
    { type: 'threshold', source: { measure: 'error_rate' }, levels: { critical: 20 } },
    'Must be between 0% and 100%, not 2000%.',
  ],
  [{ type: 'ratio', ratio: 'cost_per_run', levels: { critical: -1 } }, 'Must not be negative.'],
  [{ type: 'threshold', levels: { critical: -1 } }, 'Must not be negative.'],
  [{ type: 'absence', levels: { critical: 0 } }, 'Must be more than 0.'],
  [{ type: 'anomaly', levels: { critical: -3 } }, 'Must be more than 0.'],
  [{ type: 'burn_rate', windowSeconds: 3600, levels: { critical: 0 } }, 'Must be more than 0.'],
] as const;

test.each(SENSELESS)(
  'a level that could only fire for ever, or never, is refused: %j',
  async (senseless, message) => {
    const refused = { code: 'invalid', issues: [{ path: 'definition.levels.critical', message }] };
    await expect(make({ definition: senseless })).rejects.toMatchObject(refused);
    const { id } = await make();
    const change = execute(context, actor(), updateRule, { id, definition: senseless });
    await expect(change).rejects.toMatchObject(refused);
    const yaml = JSON.stringify({ rules: [{ name: 'Bad', definition: senseless }] });
    await expect(execute(context, actor(), importRules, { yaml })).rejects.toMatchObject({
      issues: [{ path: 'rules.0.definition.levels.critical', message }],
    });
  },
);

const UNDER_NOTHING = 'It would never recover: no value is ever under 0. Give more, or leave it empty.';
const metric = (measure: string) => ({ type: 'threshold', source: { metric: 'queue', measure } });
const UNREACHABLE: readonly [object, number, string][] = [
  [{ type: 'ratio', levels: { critical: 0.1 } }, 0, UNDER_NOTHING.replace('under 0.', 'under 0%.')],
  [
    { type: 'ratio', operator: '<', levels: { critical: 0.1 } },
    1,
    'It would never recover: no value is ever over 100%. Give less, or leave it empty.',
  ],
  [{ type: 'threshold', operator: '>=', levels: { critical: 5 } }, 0, UNDER_NOTHING],
  [{ ...metric('count'), levels: { critical: 5 } }, 0, UNDER_NOTHING],
  [{ type: 'absence', levels: { critical: 300 } }, 0, UNDER_NOTHING],
  [{ type: 'absence', operator: '<', levels: { critical: 300 } }, 0, UNDER_NOTHING],
  [{ type: 'anomaly', levels: { critical: 5 } }, 0, UNDER_NOTHING],
  [
    { type: 'rate_of_change', levels: { critical: 50 } },
    -100,
    UNDER_NOTHING.replace('under 0.', 'under -100%.'),
  ],
];

test.each(UNREACHABLE)(
  'alerting S11: a recovery behind which no value ever comes is refused in words, by hand and by file: %j at %d',
  async (rule, critical, message) => {
    const unreachable = { ...rule, recovery: { critical } };
    const refused = (path: string) => ({ code: 'invalid', issues: [{ path, message }] });
    const path = 'definition.recovery.critical';
    await expect(make({ definition: unreachable })).rejects.toMatchObject(refused(path));
    const preview = ask(context, actor(), previewRule, { definition: unreachable });
    await expect(preview).rejects.toMatchObject(refused(path));
    const yaml = JSON.stringify({ rules: [{ name: 'Bad', definition: unreachable }] });
    const read = execute(context, actor(), importRules, { yaml });
    await expect(read).rejects.toMatchObject(refused(`rules.0.${path}`));
  },
);

test('alerting S11: a recovery that can be reached is taken, zero too where values go below it', async () => {
  const reachable: [object, number][] = [
    [{ ...metric('avg'), levels: { critical: 5 } }, 0],
    [{ type: 'rate_of_change', levels: { critical: 50 } }, 0],
    [{ type: 'threshold', operator: '<', levels: { critical: 0 } }, 0],
    [{ type: 'ratio', operator: '<', levels: { critical: 0.1 } }, 0.99],
    [{ type: 'absence', operator: '<', levels: { warning: 300, critical: 900 } }, 120],
  ];
  for (const [i, [rule, critical]] of reachable.entries())
    await make({ name: `Reachable ${i}`, definition: { ...rule, recovery: { critical } } });
  const wrongSide = {
    type: 'absence',
    operator: '<',
    levels: { critical: 300 },
    recovery: { critical: 900 },
  };
  await expect(make({ definition: wrongSide })).rejects.toMatchObject({
    issues: [{ path: 'definition.recovery.critical', message: expect.stringContaining('good side') }],
  });
});

test('a recovery that nothing can reach is refused; amounts, changes and metrics have the levels they like', async () => {
  const recovery = { critical: -0.1 };
  await expect(
    make({ definition: { type: 'ratio', levels: { critical: 0.1 }, recovery } }),
  ).rejects.toMatchObject({ issues: [{ path: 'definition.recovery.critical' }] });
  const levels = { critical: -5 };
  const fine = [
    { type: 'ratio', ratio: 'cost_per_run', levels: { critical: 20 } },
    { type: 'rate_of_change', source: { measure: 'error_rate' }, operator: '<', levels },
    { type: 'threshold', source: { metric: 'temperature', measure: 'avg' }, operator: '<', levels },
  ];
  for (const [i, each] of fine.entries()) await make({ name: `Fine ${i}`, definition: each });
  expect((await ask(context, actor(), listRules, {})).items).toHaveLength(fine.length);
});

test('a rule that was stored with a senseless level is read, renamed and brought back as before', async () => {
  const { id } = await make({ definition: { type: 'ratio', levels: { critical: 0.2 } } });
  const stored = { ...(await get(id)).definition, levels: { critical: -0.05 } };
  await world.db.update(alertRules).set({ definition: stored }).where(eq(alertRules.id, id));
  expect((await get(id)).definition).toMatchObject({ levels: { critical: -0.05 } });
  await execute(context, actor(), updateRule, { id, name: 'Renamed' });
  expect(await get(id)).toMatchObject({ name: 'Renamed', definition: { levels: { critical: -0.05 } } });
  await execute(context, actor(), updateRule, { id, enabled: false });
  await execute(context, actor(), restoreRuleVersion, { id, version: 2 });
  expect(await get(id)).toMatchObject({ enabled: true, definition: { levels: { critical: -0.05 } } });
});

/** What a preview reads where one metric is 50 in the windows that end at hot moments, else 1. */
function metricsThatAre(hot: (to: number) => boolean) {
  const source = {
    ...scriptedSource(null),
    measureWindows: async (_: string, { windows }: { windows: readonly { to: number }[] }) => ({
      values: [windows.map(({ to }) => (hot(to) ? 50 : 1))],
      counts: [windows.map(() => 5)],
    }),
  };
  return { ...source, query: () => Promise.reject(), listMetrics: () => Promise.reject() };
}

test('a preview says what the rule would have done, and changes nothing', async () => {
  await makeAgent(world, teamId, { name: 'planner' });
  const now = Date.now();
  const hot = (to: number) => now - to > 20 * 60_000 && now - to < 40 * 60_000;
  const deps = { ...context.deps, metrics: metricsThatAre(hot) };
  const preview = await ask({ ...context, deps }, actor('viewer'), previewRule, {
    definition: { ...definition, forSeconds: 300, title: '{{ agent }} is hot', message: '{{ nobody }}' },
    hours: 1,
  });
  expect(preview.example).toMatchObject({ title: 'planner is hot', problems: [{ path: 'message' }] });
  expect(preview.alerts).toMatchObject([{ labels: { agent: 'planner' }, severity: 'critical' }]);
  const [alert] = preview.alerts;
  expect(((alert?.endsAt ?? 0) - (alert?.startsAt ?? 0)) / 60_000).toBeCloseTo(15, 0);
  const [series] = preview.series;
  expect(series?.states.filter((state) => state === 'pending')).toHaveLength(5);
  expect([preview.times.length, preview.stepSeconds, preview.problem]).toEqual([60, 60, null]);
  expect((await ask(context, actor(), listRules, {})).items).toEqual([]);
});

test('a preview of a day or a week reaches the last minute: what fires now is seen to fire', async () => {
  await makeAgent(world, teamId, { name: 'planner' });
  const now = Date.now();
  const deps = { ...context.deps, metrics: metricsThatAre((to) => now - to <= 90_000) };
  for (const hours of [24, 168]) {
    const preview = await ask({ ...context, deps }, actor('viewer'), previewRule, { definition, hours });
    expect(now - preview.to).toBeLessThanOrEqual(60_000);
    expect(preview.alerts).toMatchObject([{ labels: { agent: 'planner' }, endsAt: null }]);
  }
});

test('a preview names the agents that a rule on runs cannot see, since only calls of them arrive', async () => {
  const add = async (name: string, classes: readonly string[], team = teamId) => {
    const { id } = await makeAgent(world, team, { name });
    for (const of of classes)
      await world.sql`insert into operation_series (team_id, agent_id, class, operation, provider, model)
        values (${team}, ${id}, ${of}, 'x', '', '')`;
  };
  await add('caller', ['model', 'step']);
  await add('runner', ['run', 'model']);
  await add('quiet', []);
  await add('foreign', ['model'], (await makeTeam(world)).id);
  const deps = { ...context.deps, metrics: { ...metricsThatAre(() => false), ...scriptedSource(null) } };
  const unseen = async (definition: object) =>
    (await ask({ ...context, deps }, actor(), previewRule, { definition, hours: 1 })).withoutRuns;
  const [runs, levels] = [{ type: 'ratio' }, { critical: 0.2 }];
  expect(await unseen({ ...runs, levels })).toEqual(['caller']);
  expect(await unseen({ type: 'burn_rate', windowSeconds: 3600, levels })).toEqual(['caller']);
  expect(await unseen({ ...runs, levels, source: { of: 'model' } })).toEqual([]);
  expect(await unseen({ type: 'threshold', levels, source: { measure: 'cost' } })).toEqual([]);
  expect(await unseen({ type: 'absence', levels: { critical: 300 } })).toEqual([]);
});

test('the history of a rule is shown to its own team only', async () => {
  const { id } = await make();
  expect(await ask(context, actor(), listRuleTransitions, { id })).toEqual({ items: [] });
  const other = (await makeTeam(world)).id;
  await expect(ask(context, actor('admin', other), listRuleVersions, { id })).rejects.toMatchObject({
    code: 'not_found',
  });
});

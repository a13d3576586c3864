import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Role } from '#lib/access/permissions.ts';
import { listAuditRows } from '#lib/audit/queries.ts';
import { execute } from '#lib/command/define-command.ts';
import { ask } from '#lib/command/define-query.ts';
import { commandContext, userActor } from '#lib/testing/command-context.ts';
import { makeTeam } from '#lib/testing/factories.ts';
import { createWorld, type World } from '#lib/testing/world.ts';
import { setContentCapture } from '../set-capture.ts';
import { getContentSettings, previewContentRedaction } from './queries.ts';
import {
  createRedactionRule,
  deleteRedactionRule,
  raiseRedactionRule,
  updateRedactionRule,
} from './rule-verbs.ts';
import { createTeamRedactors } from './team-redactor.ts';

let world: World;
let teamId: string;
beforeAll(async () => {
  world = await createWorld();
});
beforeEach(async () => {
  teamId = (await makeTeam(world)).id;
});
afterAll(() => world.close());

const actor = (role: Role = 'admin') => userActor(teamId, role);
const create = (input: object, role: Role = 'admin') =>
  execute(commandContext(world), actor(role), createRedactionRule, input);
const settings = () => ask(commandContext(world), actor(), getContentSettings, {});
const actions = async () => (await listAuditRows(world.db, teamId, 10)).map(({ action }) => action);

test('rules are made, changed, put in order and deleted, each leaving its row', async () => {
  const first = await create({ name: 'mails', kind: 'email' });
  const second = await create({ name: 'customers', kind: 'pattern', pattern: 'CUST-\\d+', replacement: '' });
  await execute(commandContext(world), actor(), raiseRedactionRule, { id: second.id });
  const { rules } = await settings();
  expect(rules.map(({ name }) => name)).toEqual(['customers', 'mails']);
  const { problem: _problem, ...changed } = rules[0] ?? { problem: null };
  const values = { ...changed, enabled: false };
  await execute(commandContext(world), actor(), updateRedactionRule, values);
  const late = execute(commandContext(world), actor(), updateRedactionRule, values);
  await expect(late).rejects.toMatchObject({ code: 'conflict' });
  await execute(commandContext(world), actor(), deleteRedactionRule, first);
  expect((await settings()).rules).toMatchObject([{ id: second.id, enabled: false }]);
  expect(await actions()).toEqual([
    'redaction-rule.delete',
    'redaction-rule.update',
    'redaction-rule.raise',
    'redaction-rule.create',
    'redaction-rule.create',
  ]);
});

test('a pattern that cannot be used is refused in words, and so is one on another kind', async () => {
  const bad = [
    { name: 'a', kind: 'pattern', pattern: '(?=x)' },
    { name: 'a', kind: 'pattern', pattern: 'a*' },
    { name: 'a', kind: 'pattern' },
    { name: 'a', kind: 'email', pattern: 'x' },
  ];
  for (const input of bad) {
    await expect(create(input)).rejects.toMatchObject({ code: 'invalid', issues: [{ path: 'pattern' }] });
  }
});

test('only who may manage content switches it, sees rules and previews them', async () => {
  const forbidden = { code: 'forbidden' };
  const context = commandContext(world);
  await expect(create({ name: 'mails', kind: 'email' }, 'developer')).rejects.toMatchObject(forbidden);
  await expect(ask(context, actor('developer'), getContentSettings, {})).rejects.toMatchObject(forbidden);
  await expect(
    execute(context, actor('developer'), setContentCapture, { capture: true }),
  ).rejects.toMatchObject(forbidden);
  await execute(context, actor(), setContentCapture, { capture: true });
  expect((await settings()).capture).toBe(true);
  const again = execute(context, actor(), setContentCapture, { capture: true });
  await expect(again).rejects.toMatchObject({ code: 'conflict' });
  const preview = await ask(context, actor(), previewContentRedaction, {
    text: 'ada@x.test',
    draft: { kind: 'email' },
  });
  expect(preview.text).toBe('[redacted]');
});

test('security Z4: rules of another team are not found and stay as they are', async () => {
  const { id } = await create({ name: 'mails', kind: 'email' });
  const other = userActor((await makeTeam(world)).id, 'admin');
  for (const command of [deleteRedactionRule, raiseRedactionRule]) {
    await expect(execute(commandContext(world), other, command, { id })).rejects.toMatchObject({
      code: 'not_found',
    });
  }
  expect((await settings()).rules).toHaveLength(1);
});

test('a row that somebody broke behind our back lets nothing through, and says so on the page', async () => {
  const { id } = await create({ name: 'customers', kind: 'pattern', pattern: 'x' });
  const redactorOf = createTeamRedactors(world.db);
  expect((await redactorOf(teamId))?.redact('axb')).toBe('a[redacted]b');
  await world.ownerSql`update redaction_rules set pattern = '(' where id = ${id}`;
  const broken = await redactorOf(teamId);
  expect(() => broken?.redact('harmless')).toThrow();
  expect((await settings()).rules[0]?.problem).toContain('no valid pattern');
});

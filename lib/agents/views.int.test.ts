import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { listAuditRows } from '#lib/audit/queries.ts';
import { execute } from '#lib/command/define-command.ts';
import { ask } from '#lib/command/define-query.ts';
import { commandContext, userActor } from '#lib/testing/command-context.ts';
import { makeTeam, makeUser } from '#lib/testing/factories.ts';
import { createWorld, type World } from '#lib/testing/world.ts';
import { deleteView } from './delete-view.ts';
import { saveView } from './save-view.ts';
import { listViews } from './view-queries.ts';

let world: World;
let teamId: string;
let context: ReturnType<typeof commandContext>;
beforeAll(async () => {
  world = await createWorld();
});
beforeEach(async () => {
  teamId = (await makeTeam(world)).id;
  context = commandContext(world);
});
afterAll(() => world.close());

const person = async () => userActor(teamId, 'viewer', { userId: (await makeUser(world)).id });

test('a view is kept under its name, replaced by the same name, and stands in the ledger', async () => {
  const actor = await person();
  await execute(context, actor, saveView, { name: 'Broken', query: 'status=error' });
  const { id } = await execute(context, actor, saveView, { name: 'Broken', query: 'status=error&sort=p95' });
  expect(await ask(context, actor, listViews, {})).toEqual([
    { id, name: 'Broken', query: 'status=error&sort=p95' },
  ]);
  const ledger = await listAuditRows(world.db, teamId, 10);
  expect(ledger.map((row) => row.action)).toEqual(['agent-view.save', 'agent-view.save']);
});

test('security Z4: views are of one person: nobody else sees or deletes them', async () => {
  const [owner, other] = [await person(), await person()];
  const { id } = await execute(context, owner, saveView, { name: 'Mine', query: 'q=mine' });
  expect(await ask(context, other, listViews, {})).toEqual([]);
  await expect(execute(context, other, deleteView, { id })).rejects.toMatchObject({ code: 'not_found' });
  await execute(context, owner, deleteView, { id });
  expect(await ask(context, owner, listViews, {})).toEqual([]);
  await expect(execute(context, owner, deleteView, { id })).rejects.toMatchObject({ code: 'not_found' });
});

test('a person keeps at most 50 views, and a view without a name is refused', async () => {
  const actor = await person();
  for (let i = 0; i < 50; i++) await execute(context, actor, saveView, { name: `v${i}`, query: '' });
  const more = execute(context, actor, saveView, { name: 'v50', query: '' });
  await expect(more).rejects.toMatchObject({ code: 'conflict' });
  expect(await ask(context, actor, listViews, {})).toHaveLength(50);
  await expect(execute(context, actor, saveView, { name: ' ', query: '' })).rejects.toMatchObject({
    code: 'invalid',
  });
});

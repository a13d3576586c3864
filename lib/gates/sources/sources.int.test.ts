import { afterAll, beforeAll, expect, test } from 'vitest';
import { execute } from '#lib/command/define-command.ts';
import { ask } from '#lib/command/define-query.ts';
import { uuidv7 } from '#lib/model/uuid.ts';
import { judgeVersion } from '#lib/pipeline/judge/judge-version.ts';
import { commandContext, everyFeature, userActor } from '#lib/testing/command-context.ts';
import { makeAgent, makeTeam } from '#lib/testing/factories.ts';
import { type Receiver, startReceiver } from '#lib/testing/receiver.ts';
import { createWorld, type World } from '#lib/testing/world.ts';
import { createGateSource, deleteGateSource, listGateSources, updateGateSource } from './manage-sources.ts';
import { testGateSource } from './test-source.ts';

let world: World;
let teamId: string;
let prometheus: Receiver;
let context: ReturnType<typeof commandContext>;
beforeAll(async () => {
  world = await createWorld();
  context = commandContext(world, { features: everyFeature });
  teamId = (await makeTeam(world)).id;
  prometheus = await startReceiver();
});
afterAll(async () => {
  await prometheus.close();
  await world.close();
});

const admin = (team = teamId) => userActor(team, 'admin');
const template = {
  name: 'errors',
  query: 'errors{agent="{{agent}}", version="{{version}}"}',
  passes: { operator: '<', value: 0.05 },
};
const create = (values: object, team = teamId) =>
  execute(context, admin(team), createGateSource, {
    ...{ name: `source-${uuidv7()}`, url: prometheus.url, templates: [template] },
    ...values,
  });
const update = (id: string, values: object, team = teamId) =>
  execute(context, admin(team), updateGateSource, { id, ...values });
const list = async () => (await ask(context, userActor(teamId, 'viewer'), listGateSources, {})).items;
const bearer = (token: string) => ({ kind: 'bearer', token });

test('a gate asks the template of a source for the agent and its version, with the header that was typed', async () => {
  const { name: agentName, id: agentId } = await makeAgent(world, teamId, { name: `agent "${uuidv7()}"` });
  await create({ name: 'main', authorization: { kind: 'basic', user: 'gate', password: 'secret' } });
  const body = { status: 'success', data: { resultType: 'vector', result: [{ value: [1, '0.5'] }] } };
  prometheus.answer({ status: 200, body: JSON.stringify(body) });
  const judge = (query: object) =>
    ask(context, userActor(teamId, 'viewer'), judgeVersion, {
      ...{ agentId, version: '2', baselineVersion: '1', from: Date.now() - 3_600_000 },
      gate: { queries: [{ source: 'main', template: 'errors', ...query }] },
    });
  const judged = await judge({});
  expect(judged).toMatchObject({ verdict: 'fail', queries: [{ state: 'fail', worst: 0.5 }] });
  const [asked] = prometheus.received.slice(-1);
  expect(asked?.headers.authorization).toBe(`Basic ${Buffer.from('gate:secret').toString('base64')}`);
  const sent = new URLSearchParams(asked?.body).get('query');
  expect(sent).toBe(`errors{agent=${JSON.stringify(agentName)}, version="2"}`);
  await expect(judge({ template: 'other' })).rejects.toMatchObject({
    code: 'invalid',
    issues: [{ path: 'gate.queries.0.template' }],
  });
});

test('the header of a source is sealed, never shown, and not handed to another server', async () => {
  const { id } = await create({ authorization: bearer('a-very-secret-token') });
  const [row] = await world.sql`select sealed_authorization from gate_sources where id = ${id}`;
  expect(row?.sealed_authorization).toMatch(/Bearer a-very-secret-token$/);
  expect(row?.sealed_authorization).not.toBe('Bearer a-very-secret-token');
  const ledger = async () => JSON.stringify(await world.sql`select * from audit_log where target_id = ${id}`);
  expect((await list()).find((source) => source.id === id)).toMatchObject({ hasAuthorization: true });
  expect(JSON.stringify(await list()) + (await ledger())).not.toContain('a-very-secret-token');
  const elsewhere = { url: 'https://prometheus.example.test' };
  await expect(update(id, elsewhere)).rejects.toMatchObject({ issues: [{ path: 'authorization' }] });
  await update(id, { url: `${prometheus.url}/below` });
  await update(id, { ...elsewhere, authorization: null });
  expect((await list()).find((source) => source.id === id)).toMatchObject({ hasAuthorization: false });
  expect(await ledger()).toContain('gate-source.update');
});

test.each([
  [{ url: 'http://169.254.169.254/' }, 'url'],
  [{ url: 'ftp://prometheus.example.test' }, 'url'],
  [{ url: 'https://prometheus.example.test/?x=1' }, 'url'],
  [{ templates: [{ ...template, query: 'up{v={{version}}}' }] }, 'templates.0.query'],
  [{ templates: [template, template] }, 'templates'],
])('deployment S-100: %j is refused at its field', async (values, path) => {
  await expect(create(values)).rejects.toMatchObject({ code: 'invalid', issues: [{ path }] });
});

test('an empty source is refused at every field that lacks something at once', async () => {
  const empty = { name: '', url: ' ', templates: [{ ...template, name: '', query: '' }] };
  await expect(create(empty)).rejects.toMatchObject({
    code: 'invalid',
    issues: ['name', 'url', 'templates.0.name', 'templates.0.query'].map((path) => ({ path })),
  });
});

test('a name is taken once in a team, also by a change', async () => {
  const { id } = await create({ name: 'one' });
  await create({ name: 'two' });
  await create({ name: 'one' }, (await makeTeam(world)).id);
  await expect(create({ name: 'one' })).rejects.toMatchObject({ code: 'conflict' });
  await expect(update(id, { name: 'two' })).rejects.toMatchObject({ code: 'conflict' });
});

test('security Z4: a source of another team is as unknown as one that never was', async () => {
  const { id } = await create({});
  const stranger = (await makeTeam(world)).id;
  await expect(update(id, { name: 'mine' }, stranger)).rejects.toMatchObject({ code: 'not_found' });
  await expect(execute(context, admin(stranger), deleteGateSource, { id })).rejects.toMatchObject({
    code: 'not_found',
  });
  await execute(context, admin(), deleteGateSource, { id });
  expect((await list()).some((source) => source.id === id)).toBe(false);
});

test('only who decides how agents are deployed writes templates', async () => {
  const developer = userActor(teamId, 'developer');
  const given = { name: 'x', url: prometheus.url };
  await expect(execute(context, developer, createGateSource, given)).rejects.toMatchObject({
    code: 'forbidden',
  });
});

const tryIt = (values: object, as = admin()) =>
  ask(context, as, testGateSource, { url: prometheus.url, template, ...values });
const vector = (...values: string[]) => ({
  status: 200,
  body: JSON.stringify({
    status: 'success',
    data: { resultType: 'vector', result: values.map((value) => ({ value: [1, value] })) },
  }),
});

test('deployment S-97: a try of a question that is not saved says value, no data or error as a gate would see it', async () => {
  const values = { agent: 'a "b"', version: '2' };
  prometheus.answer(vector('0.01', '0.5'));
  expect(await tryIt({ values })).toEqual({
    ...{ query: String.raw`errors{agent="a \"b\"", version="2"}`, state: 'fail', worst: 0.5, points: 2 },
    reason: null,
  });
  prometheus.answer(vector('0.01'));
  expect(await tryIt({})).toMatchObject({ state: 'pass', worst: 0.01 });
  prometheus.answer(vector());
  expect(await tryIt({})).toMatchObject({ state: 'no_data', worst: null, reason: expect.any(String) });
  prometheus.answer({ status: 503, body: 'busy' });
  expect(await tryIt({})).toMatchObject({ state: 'error', reason: expect.stringContaining('503') });
});

test('a try enters the server with what is kept of the source, and never another one', async () => {
  const { id } = await create({ authorization: bearer('kept-token') });
  prometheus.answer(vector('0.01'));
  const last = () => prometheus.received.at(-1)?.headers.authorization;
  await tryIt({ id });
  expect(last()).toBe('Bearer kept-token');
  await tryIt({ id, authorization: bearer('typed-token') });
  expect(last()).toBe('Bearer typed-token');
  const before = prometheus.received.length;
  await expect(tryIt({ id, url: 'https://elsewhere.example.test' })).rejects.toMatchObject({
    issues: [{ path: 'authorization' }],
  });
  await expect(tryIt({ url: 'http://169.254.169.254/' })).rejects.toMatchObject({
    issues: [{ path: 'url' }],
  });
  const unquoted = { ...template, query: 'up{v={{version}}}' };
  await expect(tryIt({ template: unquoted })).rejects.toMatchObject({ code: 'invalid' });
  const stranger = admin((await makeTeam(world)).id);
  await expect(tryIt({ id }, stranger)).rejects.toMatchObject({ code: 'not_found' });
  await expect(tryIt({}, userActor(teamId, 'developer'))).rejects.toMatchObject({ code: 'forbidden' });
  expect(prometheus.received).toHaveLength(before);
});

test('a source is changed as it was seen: of two changes at the same time one is a conflict', async () => {
  const { id } = await create({});
  const seen = (await list()).find((source) => source.id === id)?.updatedAt;
  const both = await Promise.allSettled([
    update(id, { name: `first-${id}`, ifUpdatedAt: seen }),
    update(id, { name: `second-${id}`, ifUpdatedAt: seen }),
  ]);
  expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
});

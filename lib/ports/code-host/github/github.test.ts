import { afterEach, beforeEach, expect, test } from 'vitest';
import { createOutboundClient } from '#lib/outbound/client.ts';
import { LOOPBACK } from '#lib/testing/outbound-policy.ts';
import { type Failure, GitHubStandIn, makeKeys } from '#tests/github/stand-in.ts';
import type { CodeHost, HostCredential, HostDeployment, HostedRepository } from '../port.ts';
import { createGitHub } from './github.ts';
import { limitedUntil } from './rate-gate.ts';

const SHA = 'c'.repeat(40);
const outbound = createOutboundClient({ policy: LOOPBACK, timeoutMs: 5000, maxResponseBytes: 1024 * 1024 });
let github: GitHubStandIn;
let host: CodeHost;
let nowMs: number;
let left: number[];
beforeEach(async () => {
  github = await new GitHubStandIn().start();
  nowMs = Date.now();
  left = [];
  host = createGitHub({ send: outbound.send, now: () => nowMs, onRemaining: (count) => left.push(count) });
});
afterEach(async () => {
  await github.stop();
  expect(github.violations).toEqual([]);
});

const by = (credential: HostCredential, fullName = github.repository): HostedRepository => ({
  ...{ hostUrl: github.url, fullName, credential },
});
const token = () => by({ kind: 'token', token: github.token });
const app = (name?: string) =>
  by(
    {
      ...{ kind: 'app', appId: github.appId, installationId: github.installationId },
      privateKey: github.privateKey,
    },
    name,
  );
const limit = (headers: Record<string, string>, status = 403): Failure => ({ status, headers });
const DISPATCH = { workflow: 'deploy.yml', ref: 'main', inputs: { image: 'x' } };
const CORRELATION = { input: 'pitwall', id: 'ours-4711' };
const deployment = (values: Partial<HostDeployment> = {}): HostDeployment => ({
  ...{ sha: SHA, environment: 'production', isProduction: true, deploymentId: 'ours', description: 'd' },
  ...values,
});
const created = () => github.countOf('repos/create-deployment');

test('refs, comparisons, pull requests and runs are read as the words of the port', async () => {
  const merged = {
    number: 7,
    title: 'Add',
    html_url: 'https://x.test/7',
    state: 'closed',
    merged_at: '2026-11-29T10:00:00Z',
  };
  await host.check(token());
  expect(await host.resolveRef(token(), 'main')).toMatchObject({
    sha: SHA,
    message: 'Change c',
    author: 'Mona',
  });
  const { total, commits } = await host.compare(token(), 'v1', 'v2');
  expect([total, commits.map(({ message }) => message)]).toEqual([2, ['Change b', 'Change c']]);
  expect(await host.pullRequestOf(token(), SHA)).toBeNull();
  github.pulls = [merged];
  expect(await host.pullRequestOf(token(), SHA)).toMatchObject({
    number: 7,
    mergedAt: Date.parse(merged.merged_at),
  });
  const id = await host.dispatch(token(), { ...DISPATCH, correlation: null });
  expect(await host.getRun(token(), id ?? 0)).toMatchObject({ id, conclusion: 'success', sha: SHA });
});

test('deployment S-90: a deployment names its commit and ours, merges nothing and waits for no check', async () => {
  const id = await host.createDeployment(app(), deployment());
  expect(github.deployments).toMatchObject([
    {
      id,
      body: {
        ...{ ref: SHA, environment: 'production', production_environment: true },
        ...{ auto_merge: false, required_contexts: [], payload: { deploymentId: 'ours' } },
      },
    },
  ]);
});

test('deployment S-90: one whose answer was lost is found again, and one of another deployment is not taken for it', async () => {
  await host.createDeployment(app(), deployment({ deploymentId: 'another' }));
  github.fail('repos/create-deployment', 'lost');
  await expect(host.createDeployment(app(), deployment())).rejects.toMatchObject({ code: 'unavailable' });
  const id = await host.createDeployment(app(), deployment());
  expect(github.deployments).toHaveLength(2);
  expect(github.deployments[1]).toMatchObject({ id, body: { payload: { deploymentId: 'ours' } } });
});

test('deployment S-91: a status has its log address, and a description of 140 characters at most', async () => {
  const id = await host.createDeployment(app(), deployment());
  await host.addStatus(app(), id, {
    state: 'in_progress',
    description: 'é'.repeat(200),
    logUrl: 'https://x.test/d',
  });
  expect(github.statuses).toMatchObject([{ deploymentId: id, state: 'in_progress' }]);
  const [status] = github.statuses;
  expect(status?.body).toEqual({
    state: 'in_progress',
    description: 'é'.repeat(140),
    log_url: 'https://x.test/d',
  });
});

test('deployment S-93: a dispatch asks for its run and answers with its id', async () => {
  const id = await host.dispatch(app(), { ...DISPATCH, correlation: CORRELATION });
  expect(github.runs).toMatchObject([{ id }]);
  const sent = github.asked.find(({ operation }) => operation === 'actions/create-workflow-dispatch');
  expect(sent?.body).toMatchObject({
    return_run_details: true,
    inputs: { image: 'x', pitwall: 'ours-4711' },
  });
});

test('deployment S-93: where the host names no run it is told by what it repeats, never as the latest', async () => {
  github.namesRuns = false;
  const ours = await host.dispatch(app(), { ...DISPATCH, correlation: CORRELATION });
  await host.dispatch(app(), { ...DISPATCH, correlation: { input: 'pitwall', id: 'theirs' } });
  expect(ours).toBe(github.runs[0]?.id);
  expect(await host.dispatch(app(), { ...DISPATCH, correlation: null })).toBeNull();
});

test.each<[string, Failure]>([
  ['was lost', 'lost'],
  ['was a 502', { status: 502 }],
])(
  'deployment S-93: a dispatch whose answer %s is sent again only when no run is there',
  async (_what, failure) => {
    github.fail('actions/create-workflow-dispatch', failure);
    const asked = { ...DISPATCH, correlation: CORRELATION };
    const first = await host.dispatch(app(), asked).catch((error) => error.code);
    if (failure !== 'lost') expect(first).toBe('unavailable');
    const id = await host.dispatch(app(), asked);
    expect(github.runs).toMatchObject([{ id }]);
    expect(github.countOf('actions/create-workflow-dispatch')).toBe(failure === 'lost' ? 1 : 2);
  },
);

test('deployment S-93: more than 25 inputs are never sent', async () => {
  const inputs = Object.fromEntries(Array.from({ length: 25 }, (_, i) => [`i${i}`, 'x']));
  await expect(host.dispatch(app(), { ...DISPATCH, inputs, correlation: CORRELATION })).rejects.toMatchObject(
    {
      code: 'invalid',
    },
  );
  expect(github.asked).toEqual([]);
});

test.each<[Failure, string]>([
  [{ status: 401 }, 'unauthenticated'],
  [{ status: 403, message: 'Resource not accessible' }, 'forbidden'],
  [{ status: 404 }, 'not_found'],
  [{ status: 301, headers: { location: 'http://127.0.0.1:1/' } }, 'not_found'],
  [{ status: 409, message: 'Conflict: merging' }, 'conflict'],
  [{ status: 422, message: 'This SHA and context has reached the maximum number of statuses.' }, 'invalid'],
  [{ status: 500 }, 'unavailable'],
  ['reset', 'unavailable'],
])('a write that fails with %j is %s, and is sent once', async (failure, code) => {
  github.fail('repos/create-deployment', failure);
  await expect(host.createDeployment(token(), deployment())).rejects.toMatchObject({ code });
  expect(created()).toBe(1);
});

test.each<[string, Failure, number]>([
  ['403 with retry-after', limit({ 'retry-after': '30' }), 30],
  ['429 with retry-after', limit({ 'retry-after': '45' }, 429), 45],
  [
    'a spent limit',
    limit({ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(Math.ceil(Date.now() / 1000) + 90) }),
    90,
  ],
  [
    'a secondary limit without an end',
    { status: 403, message: 'You have exceeded a secondary rate limit' },
    60,
  ],
])(
  'deployment S-95: %s stops all calls of that installation until it is over, and those of no other',
  async (_what, failure, seconds) => {
    await host.resolveRef(app(), 'main');
    github.fail('repos/get-commit', failure);
    await expect(host.resolveRef(app(), 'dev')).rejects.toMatchObject({ code: 'rate_limited' });
    const before = github.asked.length;
    const stopped = [host.resolveRef(app(), SHA), host.createDeployment(app(), deployment())];
    for (const each of await Promise.allSettled(stopped))
      expect(each).toMatchObject({ reason: { code: 'rate_limited', retryAfterSeconds: expect.any(Number) } });
    expect(github.asked).toHaveLength(before);
    await host.resolveRef(token(), 'main');
    nowMs += (seconds + 2) * 1000;
    expect(await host.resolveRef(app(), 'main')).toMatchObject({ sha: SHA });
    expect(left.at(-1)).toBe(4999);
  },
);

test('deployment S-95: a limit that is said to last forever lasts an hour, and no answer but a limit closes anything', () => {
  const far = { 'retry-after': '99999999' };
  expect(limitedUntil(429, far, '', 0)).toBe(3_600_000);
  expect(limitedUntil(403, {}, 'Resource not accessible', 0)).toBeNull();
  expect(limitedUntil(200, { 'x-ratelimit-remaining': '7', 'x-ratelimit-reset': '9' }, '', 0)).toBeNull();
  expect(limitedUntil(200, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '9' }, '', 0)).toBe(9000);
});

test('deployment S-95: what was read before is asked for only whether it is still so', async () => {
  const first = await host.resolveRef(token(), 'main');
  expect(await host.resolveRef(token(), 'main')).toEqual(first);
  expect(github.asked.map(({ conditional }) => conditional)).toEqual([false, true]);
  await host.resolveRef(app(), 'main');
  expect(github.asked.at(-1)?.conditional).toBe(false);
});

const minted = () => github.asked.filter(({ operation }) => operation.startsWith('apps/'));

test('deployment S-96: a token of an installation is for one repository and one purpose, and is kept until five minutes before its end', async () => {
  await Promise.all([host.resolveRef(app(), 'main'), host.compare(app(), 'a', 'b')]);
  await host.resolveRef(app(), 'main');
  expect(minted().map(({ body }) => body)).toEqual([
    { repositories: ['agents'], permissions: { contents: 'read' } },
  ]);
  await host.createDeployment(app(), deployment());
  expect(minted().at(-1)?.body).toEqual({ repositories: ['agents'], permissions: { deployments: 'write' } });
  nowMs += github.tokenLastsMs - 5 * 60_000 - 2000;
  await host.resolveRef(app(), 'main');
  expect(minted()).toHaveLength(2);
  nowMs += 3000;
  await host.resolveRef(app(), 'main');
  expect(minted()).toHaveLength(3);
});

test('deployment S-96: a token that could not be taken is asked for again, and an app that is not known says so', async () => {
  github.fail('apps/create-installation-access-token', { status: 503 });
  await expect(host.resolveRef(app(), 'main')).rejects.toMatchObject({ code: 'unavailable' });
  await host.resolveRef(app(), 'main');
  const stranger = new GitHubStandIn(makeKeys()).privateKey;
  const credential = { ...app().credential, privateKey: stranger } as HostCredential;
  await expect(host.resolveRef(by(credential), 'main')).rejects.toMatchObject({ code: 'unauthenticated' });
  await expect(host.resolveRef(app('octo/other'), 'main')).rejects.toMatchObject({ code: 'not_found' });
});

test('no error repeats a token or a key', async () => {
  github.fail('repos/get-commit', { status: 500 }, { status: 401 }, 'reset', { status: 200, message: 'odd' });
  const texts: string[] = [];
  for (let i = 0; i < 4; i += 1)
    await host.resolveRef(token(), `ref-${i}`).catch((error) => {
      const { inspect } = process.getBuiltinModule('node:util');
      texts.push(inspect(error, { depth: 10 }));
    });
  expect(texts).toHaveLength(4);
  expect(texts.filter((text) => text.includes(github.token))).toEqual([]);
});

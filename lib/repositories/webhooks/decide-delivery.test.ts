import examples from '@octokit/webhooks-examples';
import { expect, test } from 'vitest';
import type { AllowRule } from '#lib/model/repository-schema.ts';
import { decideDelivery } from './decide-delivery.ts';
import { matchesRef } from './matches-ref.ts';
import { readFacts } from './read-facts.ts';

type Payload = Record<string, unknown>;

const HELLO = 'Codertocat/Hello-World';
const OCTO = 'octo-org/octo-repo';
const rule = (values: Partial<AllowRule>): AllowRule => ({
  ...{ event: 'push', ref: '**', workflow: null, environment: 'production' },
  ...values,
});
const ANY: AllowRule[] = [
  rule({}),
  rule({ event: 'release' }),
  rule({ event: 'workflow_run', workflow: 'test.yml' }),
];

const payloads = (event: string): Payload[] =>
  (examples.find(({ name }) => name === event)?.examples ?? []) as Payload[];

function payload(event: string, fits: (payload: Payload) => boolean): Payload {
  const found = payloads(event).find(fits);
  if (!found) throw new Error(`no example of ${event} fits`);
  return structuredClone(found);
}

function decided(event: string, sent: unknown, allowed = ANY, fullName = OCTO) {
  return decideDelivery(event, readFacts(event, sent).facts, { fullName, allowed });
}

const run = () => payload('workflow_run', (each) => JSON.stringify(each).includes('"conclusion":"success"'));
const push = () => payload('push', ({ deleted }) => deleted === false);

test('deployment S-89: of all events that GitHub sends only push, release and a good run start something', () => {
  const started = examples.flatMap(({ name, examples: all }) =>
    all.flatMap((sent) => {
      const { repository } = readFacts(name, sent).facts;
      const { result } = decided(name, sent, ANY, repository ?? OCTO);
      return result === 'allowed' ? [name] : [];
    }),
  );
  expect(new Set(started)).toEqual(new Set(['push', 'release', 'workflow_run']));
});

test.each<[string, Partial<AllowRule>, string]>([
  ['its own rule', {}, 'allowed'],
  ['its branch', { ref: 'master' }, 'allowed'],
  ['its whole ref', { ref: 'refs/heads/master' }, 'allowed'],
  ['another branch', { ref: 'main' }, 'not_allowed'],
  ['another workflow', { workflow: 'deploy.yml' }, 'not_allowed'],
  ['another event', { event: 'push', workflow: null }, 'not_allowed'],
])('deployment S-89: a run that succeeded, with %s: %s', (_what, values, result) => {
  const only = rule({ event: 'workflow_run', workflow: 'test.yml', ...values });
  expect(decided('workflow_run', run(), [only]).result).toBe(result);
});

test('deployment S-89: what is allowed carries the rule, whose environment it is for', () => {
  const staging = rule({ environment: 'staging' });
  expect(decided('push', push(), [staging], HELLO)).toEqual({
    ...{ result: 'allowed', reason: 'Allowed for staging.', rule: staging },
  });
});

test('deployment S-89, security P7: nothing starts without a rule, and nothing that another repository tells', () => {
  expect(decided('push', push(), [], HELLO).result).toBe('not_allowed');
  expect(decided('push', push(), ANY, OCTO).result).toBe('unknown_repository');
  expect(decided('push', {}, ANY, OCTO).result).toBe('unknown_repository');
  expect(decided('push', push(), ANY, HELLO.toUpperCase()).result).toBe('allowed');
});

test.each<[string, unknown]>([
  ['of a pull request from a fork', { full_name: 'somebody/octo-repo', fork: true }],
  ['of a fork that is gone', null],
])('deployment S-89: a run %s starts nothing, whatever its branch is called', (_what, head) => {
  const sent = run();
  Object.assign(sent.workflow_run as object, { head_repository: head });
  expect(decided('workflow_run', sent).result).toBe('fork');
});

test('deployment S-89: an event of a repository that is a fork starts nothing', () => {
  const sent = push();
  Object.assign(sent.repository as object, { fork: true });
  expect(decided('push', sent, ANY, HELLO).result).toBe('fork');
});

test('a deleted branch, a run that failed and a release that is not out start nothing', () => {
  const deleted = payload('push', (each) => each.deleted === true);
  const created = payload('release', ({ action }) => action === 'created');
  const failed = run();
  Object.assign(failed.workflow_run as object, { conclusion: 'failure' });
  const results = [
    decided('push', deleted, ANY, HELLO),
    decided('release', created, ANY, HELLO),
    decided('workflow_run', failed),
  ].map(({ result }) => result);
  expect(results).toEqual(['no_trigger', 'no_trigger', 'no_trigger']);
});

test.each<[unknown]>([
  [null],
  [[]],
  ['text'],
  [{ repository: 7, ref: {}, sender: [], workflow_run: 'x', release: false }],
  [{ repository: { full_name: 'a\0\ud800', fork: 'yes' }, after: 'x'.repeat(99) }],
])('a payload of another shape says nothing, and what cannot be stored is left out: %j', (sent) => {
  for (const event of ['push', 'release', 'workflow_run', 'star', 'constructor']) {
    const { facts } = readFacts(event, sent);
    expect(facts).toMatchObject({ ref: null, sha: null });
    expect(facts.repository ?? 'a\ufffd').toBe('a\ufffd');
  }
});

test.each<[pattern: string, ref: string, matches: boolean]>([
  ['main', 'refs/heads/main', true],
  ['main', 'refs/heads/feature/main', false],
  ['main', 'refs/heads/maine', false],
  ['release/*', 'refs/heads/release/1', true],
  ['release/*', 'refs/heads/release/1/evil', false],
  ['release/**', 'refs/heads/release/1/2', true],
  ['v*', 'refs/tags/v1.2.3', true],
  ['refs/tags/v*', 'refs/heads/v1', false],
  ['v1.2', 'refs/tags/v1x2', false],
  ['*', 'refs/heads/a/b', false],
  ['(a|b)+$', 'refs/heads/a', false],
  [`${'*a'.repeat(40)}`, `refs/heads/${'a'.repeat(180)}b`, false],
])('the pattern %s and %s: %s', (pattern, ref, matches) => {
  expect(matchesRef(pattern, ref)).toBe(matches);
});

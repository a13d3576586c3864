import { expect, test } from 'vitest';
import { createSecretBox } from '#lib/secrets/secret-box.ts';
import { openErrand, sealErrand } from './errand.ts';

const at = { now: 0 };
function contextOf(key = 'k'.repeat(32)) {
  const context = { deps: { sealer: createSecretBox(key) }, clock: { now: () => at.now } };
  return context as unknown as Parameters<typeof openErrand>[0];
}
const errand = { kind: 'test', sourceId: 'company', sessionId: 'session' } as const;
const seal = () => sealErrand(contextOf(), 'state', errand);

test('security A8: an errand is for one answer of one provider, and for minutes', () => {
  at.now = 0;
  const sealed = seal();
  expect(openErrand(contextOf(), sealed, 'company', 'state')).toMatchObject(errand);
  expect(openErrand(contextOf(), sealed, 'company', 'another state')).toBeNull();
  expect(openErrand(contextOf(), sealed, 'another', 'state')).toBeNull();
  expect(openErrand(contextOf(), sealed, undefined, 'state')).toBeNull();
  expect(openErrand(contextOf(), sealed, 'company', null)).toBeNull();
  at.now = 15 * 60_000;
  expect(openErrand(contextOf(), sealed, 'company', 'state')).toBeNull();
});

test('security A8: an errand that we did not seal is none', () => {
  at.now = 0;
  const foreign = sealErrand(contextOf('x'.repeat(32)), 'state', errand);
  for (const sealed of [foreign, `${seal()}x`, 'v1.a.b', '', '{}', undefined])
    expect(openErrand(contextOf(), sealed, 'company', 'state')).toBeNull();
});

import { expect, it } from 'vitest';
import { manualClock } from '#lib/kernel/clock.ts';
import { uuidv7 } from '#lib/model/uuid.ts';
import { testOrigin } from '#lib/testing/command-context.ts';
import { createLiveTokens, issueLiveToken } from './live-token.ts';

const secret = 'a secret key for tests that is long enough';
const subject = { userId: uuidv7(), sessionId: uuidv7(), teamId: uuidv7(), role: 'viewer' as const };

it('security K2: a live token names its person, session, team and role, and lives 30 s', () => {
  const clock = manualClock(1_000_000);
  const tokens = createLiveTokens(secret, clock);
  const token = tokens.issue(subject);
  expect(tokens.verify(token)).toMatchObject(subject);
  clock.advance(29_999);
  expect(tokens.verify(token)).not.toBeNull();
  clock.advance(1);
  expect(tokens.verify(token)).toBeNull();
});

it('security K2: no two live tokens have the same id, and another secret refuses them', () => {
  const clock = manualClock(1_000_000);
  const tokens = createLiveTokens(secret, clock);
  const ids = Array.from({ length: 100 }, () => tokens.verify(tokens.issue(subject))?.jti);
  expect(new Set(ids).size).toBe(100);
  expect(createLiveTokens(`${secret}!`, clock).verify(tokens.issue(subject))).toBeNull();
});

it('gives a person a token for the team they act in', () => {
  const clock = manualClock(1_000_000);
  const actor = {
    kind: 'user' as const,
    email: 'a@b.test',
    name: 'A',
    signedInAtMs: 0,
    origin: testOrigin,
    ...subject,
  };
  expect(createLiveTokens(secret, clock).verify(issueLiveToken(secret, clock, actor))?.userId).toBe(
    subject.userId,
  );
});

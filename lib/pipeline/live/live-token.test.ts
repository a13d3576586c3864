import { expect, it } from 'vitest';
import type { Permission } from '#lib/access/permissions.ts';
import { manualClock } from '#lib/kernel/clock.ts';
import { uuidv7 } from '#lib/model/uuid.ts';
import { testOrigin } from '#lib/testing/command-context.ts';
import { createLiveTokens, issueLiveToken } from './live-token.ts';

const secret = 'a secret key for tests that is long enough';
const ids = { userId: uuidv7(), sessionId: uuidv7(), teamId: uuidv7() };
const subject = { ...ids, permissions: new Set<Permission>(['agents:read', 'runs:read', 'alerts:read']) };

it('security K2: a live token names its person, session and team and what they may see live, and lives 30 s', () => {
  const clock = manualClock(1_000_000);
  const tokens = createLiveTokens(secret, clock);
  const token = tokens.issue(subject);
  expect(tokens.verify(token)).toMatchObject({ ...ids, permissions: ['agents:read', 'alerts:read'] });
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
    role: 'viewer',
    signedInAtMs: 0,
    origin: testOrigin,
    ...subject,
  };
  expect(createLiveTokens(secret, clock).verify(issueLiveToken(secret, clock, actor))?.userId).toBe(
    subject.userId,
  );
});

import { expect, test } from 'vitest';
import type { WebContext } from '#lib/compose/web.ts';
import { createRateLimiter } from '#lib/limits/rate-limiter.ts';
import { type Attempt, takeAttempt } from './sign-in-limits.ts';

const contextWith = (points: number) =>
  ({
    budgets: { signIn: createRateLimiter(null, { name: 'signIn', points: () => points, seconds: 60 }) },
  }) as WebContext;

test.each(['password', 'reset', 'second-step', 'passkey'] satisfies Attempt[])(
  'security A12: %s is limited for each address and for each account, however it is typed',
  async (attempt) => {
    const context = contextWith(2);
    const limited = { code: 'rate_limited' };
    const take = (ip: string, account: string | null) => takeAttempt(context, attempt, ip, account);
    await take('192.0.2.1', 'a@example.test');
    await take('192.0.2.1', 'b@example.test');
    await expect(take('192.0.2.1', 'c@example.test')).rejects.toMatchObject(limited);
    await take('192.0.2.2', ' A@Example.test');
    await expect(take('192.0.2.3', 'a@example.test')).rejects.toMatchObject(limited);
    // Full-width letters lead to the same account.
    await expect(take('192.0.2.5', '\uff41@\uff25xample.test')).rejects.toMatchObject(limited);
    await take('192.0.2.4', null);
    await take('2001:db8::1', null);
    await take('2001:db8::2', null);
    await expect(take('2001:db8::3', null)).rejects.toMatchObject(limited);
  },
);

test('tries of one kind leave those of another alone', async () => {
  const context = contextWith(1);
  await takeAttempt(context, 'password', '192.0.2.1', 'a@example.test');
  await takeAttempt(context, 'second-step', '192.0.2.1', 'a@example.test');
  await expect(takeAttempt(context, 'password', null, 'a@example.test')).rejects.toThrow();
});

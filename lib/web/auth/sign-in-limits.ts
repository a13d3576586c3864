import { createHash } from 'node:crypto';
import type { WebContext } from '#lib/compose/web.ts';
import { networkOf } from '#lib/kernel/client-address.ts';
import { normaliseEmail } from '#lib/members/credentials/email.ts';

/** What is tried; each has budgets of its own. */
export type Attempt = 'password' | 'reset' | 'second-step' | 'passkey';

/**
 * Takes from one budget for the account and one for the address, so that neither many guesses nor many accounts help
 * (security A12).
 *
 * @param account the address that names the account, as typed: each way to write it takes from one budget; null where
 *   nobody has named one
 * @throws AppError `rate_limited`
 */
export async function takeAttempt(
  { budgets }: WebContext,
  attempt: Attempt,
  ip: string | null,
  account: string | null,
): Promise<void> {
  await budgets.signIn.take(`${attempt}:address:${networkOf(ip)}`);
  if (account === null) return;
  const key = createHash('sha256')
    .update(normaliseEmail(account) ?? account)
    .digest('base64url');
  await budgets.signIn.take(`${attempt}:account:${key}`);
}

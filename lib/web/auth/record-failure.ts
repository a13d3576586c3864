import type { NextRequest } from 'next/server';
import { wordsOf } from '#lib/access/permission-words.ts';
import { INSTALLATION_LEDGER } from '#lib/audit/record.ts';
import { recordRefusal } from '#lib/command/record-refusal.ts';
import type { WebContext } from '#lib/compose/web.ts';
import { networkOf } from '#lib/kernel/client-address.ts';
import { isAppError } from '#lib/kernel/errors.ts';
import { originOf } from '../request/request-origin.ts';
import { wordsOfProblem } from './problem-words.ts';
import type { SignInSource } from './source.ts';

/** What the codes that groups bring into the address mean to an admin. */
const REASONS: Readonly<Record<string, string>> = {
  'unverified-email':
    'The provider does not say that it verified the address. Its addresses can be trusted in its settings.',
  'may-not-sign-in': `None of the roles holds ${wordsOf('sessions:start')}.`,
  'no-role': 'None of the groups gives a role.',
  'groups-elsewhere':
    'Groups were not in the id token: too many for it, the provider sent a pointer to them.',
  'groups-nowhere': 'Groups were neither in the id token nor in userinfo.',
};

/**
 * Writes a sign-in through a provider that came to nothing into the ledger (security U4). Anybody can call the
 * callback, so an address gets as many rows as it gets sign-ins.
 */
export async function recordFailedArrival(
  context: WebContext,
  request: NextRequest,
  source: SignInSource,
  answer: { response: Response; problem: unknown },
): Promise<void> {
  const target = new URL(answer.response.headers.get('location') ?? '', context.config.app.url);
  const error = target.searchParams.get('error');
  if (error === null) return;
  const origin = originOf(request.headers);
  try {
    await context.budgets.signIn.take(`failed-arrival:${networkOf(origin.ip)}`);
  } catch (refused) {
    if (isAppError(refused)) return;
    throw refused;
  }
  const reason = answer.problem === undefined ? (REASONS[error] ?? error) : wordsOfProblem(answer.problem);
  await recordRefusal(context, {
    actor: { kind: 'anonymous', teamId: INSTALLATION_LEDGER, claimed: `somebody of ${source.name}`, origin },
    action: 'sign-in',
    target: { kind: 'user', id: '' },
    outcome: 'failed',
    reason,
  });
}

import { execute } from '#lib/command/define-command.ts';
import type { WebContext } from '#lib/compose/web.ts';
import { AppError, isAppError } from '#lib/kernel/errors.ts';
import { linkIdentity } from '#lib/members/identities/manage-identities.ts';
import { recordProviderTest } from '#lib/members/providers/record-test.ts';
import type { GroupsFrom } from '#lib/model/identity-provider.ts';
import { paths } from '#lib/model/paths.ts';
import { currentSignedIn } from '../session.ts';
import { type Claims, groupsIn, isVerified, readClaims, shownClaims, type Vouched } from './claims.ts';
import type { Errand } from './errand.ts';
import { wordsOfProblem } from './problem-words.ts';
import type { SignInSource } from './source.ts';

/** Only the session that went to the provider takes what it brings back. */
async function actorOf({ sessionId }: Errand) {
  const signedIn = await currentSignedIn();
  if (signedIn?.actor.sessionId !== sessionId)
    throw new AppError('unauthenticated', 'Your session has ended. Sign in again.');
  return signedIn.actor;
}

interface Brought {
  problem: string | null;
  claims: Record<string, string>;
  groups: string[];
  groupsFrom: GroupsFrom;
}

async function keepTest(
  context: WebContext,
  source: SignInSource,
  errand: Errand,
  brought: Brought,
): Promise<string> {
  const { stored } = source;
  if (!stored) return paths.singleSignOn();
  const actor = await actorOf(errand);
  await execute(context, actor, recordProviderTest, { id: stored.id, version: stored.version, ...brought });
  return paths.identityProvider(stored.id);
}

async function linkTo(
  context: WebContext,
  { issuer }: SignInSource,
  errand: Errand,
  subject: string,
): Promise<string> {
  await execute(context, await actorOf(errand), linkIdentity, { issuer, subject });
  return paths.identities({ linked: 1 });
}

/** Nobody reads an exception here: what an errand could not do is said on the page that it comes back to. */
async function saying(errand: Errand, work: () => Promise<string>): Promise<string> {
  try {
    return await work();
  } catch (error) {
    if (!isAppError(error) || error.code === 'internal') throw error;
    const failed = { failed: error.code };
    return errand.kind === 'test' ? paths.singleSignOn(failed) : paths.identities(failed);
  }
}

/** Why nobody could come in for the first time with such an answer; null: somebody could. */
function problemOf({ trustsAddresses }: SignInSource, claims: Claims | null): string | null {
  if (claims?.email === undefined)
    return 'Neither the id token nor userinfo names an e-mail address. Add the scope email.';
  if (isVerified(claims) || trustsAddresses) return null;
  return 'The provider does not say that it verified the e-mail address (email_verified). Let it say so, or trust its addresses below.';
}

/** Does what somebody went to the provider for, with the identity that was proven there; answers where to go. */
export function performErrand(
  context: WebContext,
  source: SignInSource,
  errand: Errand,
  vouched: Vouched,
): Promise<string> {
  return saying(errand, async () => {
    const claims = readClaims(vouched);
    if (errand.kind === 'link') return linkTo(context, source, errand, claims?.sub ?? '');
    const { groups, from: groupsFrom } = groupsIn(vouched, source.groupsClaim);
    const shown = claims ? shownClaims(claims) : {};
    const problem = problemOf(source, claims);
    return keepTest(context, source, errand, { problem, claims: shown, groups, groupsFrom });
  });
}

/** The same where the provider did not come back whole. */
export function failErrand(
  context: WebContext,
  source: SignInSource,
  errand: Errand,
  wrong: unknown,
): Promise<string> {
  return saying(errand, async () => {
    if (errand.kind === 'link') return paths.identities({ failed: 'provider' });
    const brought = { claims: {}, groups: [], groupsFrom: 'nowhere' } as const;
    return keepTest(context, source, errand, { ...brought, groups: [], problem: wordsOfProblem(wrong) });
  });
}

import { cookies } from 'next/headers';
import { needOf } from '#lib/access/permission-words.ts';
import { type WebContext, webContext } from '#lib/compose/web.ts';
import { endOfSession, type SessionEnd } from '#lib/members/end-of-session.ts';
import { hasAdmin, isSetupTokenUsable } from '#lib/members/setup-link.ts';
import { paths } from '#lib/model/paths.ts';
import { currentSignedIn } from '../session.ts';
import { sessionCookie } from '../session-cookie.ts';
import { ownPath } from './own-address.ts';
import { type OfferedSource, offeredSources } from './source.ts';

/** Why a sign-in came back, by the codes that next-auth and our own verbs put into the address. */
const NOTICES: Record<string, string> = {
  'address-taken':
    'Somebody with your e-mail address signs in with a password here. Ask an admin to connect the two.',
  'step-over': 'This took too long, or too many codes were wrong. Sign in with your password again.',
  denied: 'Your account is disabled. Ask an admin of your team.',
  'no-email': 'The provider sent no usable e-mail address.',
  'unverified-email':
    'Your provider does not say that it verified your e-mail address. Have it verified there, or ask an admin.',
  'no-role': 'None of your groups gives you a role here. Ask an admin to map one of them.',
  'groups-elsewhere':
    'You are in more groups than your provider sends along, so it sent none. Ask an admin to let it send fewer.',
  'groups-nowhere': 'Your provider did not say which groups you are in. Ask an admin to let it send them.',
  'may-not-sign-in': needOf('sessions:start'),
  OAuthSignin: 'The provider could not be reached. Try again, or sign in with a password.',
};
const OTHER = 'Signing in did not work. Try again.';

/** What was done that leads here. */
const NEWS: Record<string, string> = {
  'password-reset': 'Your password was changed and all sessions have ended. Sign in with the new one.',
};

/** Why somebody who was signed in has to sign in again. */
const ENDS: Record<SessionEnd, string> = {
  'new-roles': 'Your access changed; sign in again.',
  ended: 'Your session was ended. Sign in again.',
  'ran-out': 'Your session has ended. Sign in again.',
};

export interface SignInView {
  /** Somebody is signed in already and did not ask to prove it again. */
  signedIn: boolean;
  /** An address of our own. */
  callbackUrl: string;
  notice: string | null;
  /** Good news, in words. */
  news: string | null;
  /** How the session that this browser still has ended, where nothing else is to be said. */
  ended: string | null;
  /** There is no admin yet: nobody has anything to sign in with before the setup link was used. */
  awaitsSetup: boolean;
  /** The providers that can be chosen, with the names on their buttons. */
  providers: OfferedSource[];
}

type Search = Record<string, string | string[] | undefined>;

function only(value: string | string[] | undefined): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

/** How the session ended that the browser sends along; null where it sends none that is known. */
async function ownEnd({ config, db, clock }: WebContext): Promise<string | null> {
  const token = (await cookies()).get(sessionCookie(config.app).name)?.value ?? '';
  const end = token === '' ? null : await endOfSession(db, token, new Date(clock.now()));
  return end && ENDS[end];
}

/** What the sign-in page shows. `again=1` asks people who are signed in to prove it once more (security A16). */
export async function signInView(search: Search): Promise<SignInView> {
  const context = await webContext();
  const { app } = context.config;
  const error = only(search.error);
  const isAgain = only(search.again) !== null || error !== null;
  const signedIn = (await currentSignedIn()) !== null;
  const news = NEWS[only(search.done) ?? ''] ?? null;
  return {
    signedIn: signedIn && !isAgain,
    callbackUrl: ownPath(only(search.callbackUrl) ?? paths.overview(), app.url),
    notice: error === null ? null : (NOTICES[error] ?? OTHER),
    news,
    ended: signedIn || error !== null || news !== null ? null : await ownEnd(context),
    awaitsSetup: !(await hasAdmin(context.db)),
    providers: await offeredSources(context),
  };
}

/** The token of a setup link that still works, else null. */
export async function usableSetupToken(search: Search): Promise<string | null> {
  const { db, clock } = await webContext();
  const token = only(search.token);
  if (token === null || token.length > 200) return null;
  return (await isSetupTokenUsable(db, token, new Date(clock.now()))) ? token : null;
}

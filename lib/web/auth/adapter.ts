import type { Adapter, AdapterUser } from 'next-auth/adapters';
import type { Origin } from '#lib/access/actor.ts';
import type { WebContext } from '#lib/compose/web.ts';
import { AppError } from '#lib/kernel/errors.ts';
import { findSession } from '#lib/members/find-session.ts';
import { findByAccount } from '#lib/members/register-from-provider.ts';
import { signIn } from '#lib/members/start-session.ts';

/** What a session keeps of the one at its provider, for the sign-outs of both. */
export interface ProviderSession {
  /** What the provider calls it (claim `sid`). */
  sessionId: string | null;
  /** The hint for signing out there; null where nobody is signed out there, or where it is too long for an address. */
  idToken: string | null;
  /** When the person proved there who they are; null where it does not say. */
  provedAt: Date | null;
}

function notOurs(): never {
  throw new AppError('internal', 'next-auth asked for something that our own verbs do.');
}

/** next-auth only passes the id on; everything else about people is read by our own queries. */
function userOf(id: string): AdapterUser {
  return { id, email: '', emailVerified: null };
}

/**
 * next-auth's storage on our own tables. People are registered and sessions started by commands, so that
 * both leave their row in the ledger; what next-auth would otherwise do by itself is refused.
 *
 * @param replaces the session token that the browser holds; it is never taken for a sign-in, so that each
 *   one makes a new session and nothing is linked silently (security A3, A9)
 * @param providerSession what the session keeps of the provider's own, once that has answered
 */
export function authAdapter(
  context: WebContext,
  issuer: string,
  origin: Origin,
  replaces: string | null,
  providerSession: () => ProviderSession,
): Adapter {
  const find = (token: string) =>
    findSession(context.db, token, new Date(context.clock.now()), context.config.sessions.idleMs);
  return {
    getUserByAccount: async ({ providerAccountId }) => {
      const known = await findByAccount(context.db, issuer, providerAccountId);
      return known?.status === 'active' ? userOf(known.id) : null;
    },
    createSession: async ({ userId }) => {
      const { token, expiresAt } = await signIn(context, userId, origin, {
        method: 'single-sign-on',
        replaces,
        provider: { issuer, ...providerSession() },
      });
      return { sessionToken: token, userId, expires: expiresAt };
    },
    getSessionAndUser: async (sessionToken) => {
      if (sessionToken === replaces) return null;
      const session = await find(sessionToken);
      if (!session) return null;
      const { userId, expiresAt, email, name } = session;
      return {
        session: { sessionToken, userId, expires: expiresAt },
        user: { ...userOf(userId), email, name },
      };
    },
    updateSession: async () => null,
    deleteSession: async () => null,
    getUser: async () => null,
    getUserByEmail: async () => null,
    createUser: notOurs,
    updateUser: notOurs,
    linkAccount: notOurs,
  };
}

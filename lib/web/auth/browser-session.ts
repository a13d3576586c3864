import { cookies } from 'next/headers';
import type { WebContext } from '#lib/compose/web.ts';
import type { NewSession } from '#lib/members/start-session.ts';
import { sessionCookie } from '../session-cookie.ts';

/** Gives the browser the token of its session. */
export async function keepSession({ config }: WebContext, session: NewSession): Promise<void> {
  const { name, options } = sessionCookie(config.app);
  (await cookies()).set(name, session.token, { ...options, expires: session.expiresAt });
}

/** The session token that the browser holds, live or not. */
export async function heldToken({ config }: WebContext): Promise<string | null> {
  return (await cookies()).get(sessionCookie(config.app).name)?.value ?? null;
}

import { createHash } from 'node:crypto';
import { cookies, headers } from 'next/headers';
import { redirect } from 'next/navigation';
import { execute } from '#lib/command/define-command.ts';
import type { WebContext } from '#lib/compose/web.ts';
import { createFirstAdmin } from '#lib/members/create-first-admin.ts';
import { systemActor } from '#lib/members/default-team.ts';
import { signInWithPassword } from '#lib/members/sign-in-with-password.ts';
import { type NewSession, signIn } from '#lib/members/start-session.ts';
import { paths } from '#lib/model/paths.ts';
import { type ActionResult, guardedAction } from '../action.ts';
import { originOf } from '../request/request-origin.ts';
import { sessionCookie } from '../session-cookie.ts';
import { ownPath } from './options.ts';

function text(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === 'string' ? value : '';
}

/** One budget for the account and one for the address, so that neither many guesses nor many accounts help. */
async function takeSignIn({ budgets }: WebContext, ip: string | null, email: string): Promise<void> {
  const account = createHash('sha256').update(email.trim().toLowerCase()).digest('base64url');
  await budgets.signIn.take(`address:${ip ?? 'unknown'}`);
  await budgets.signIn.take(`account:${account}`);
}

async function keepSession({ config }: WebContext, session: NewSession): Promise<void> {
  const { name, options } = sessionCookie(config.app);
  (await cookies()).set(name, session.token, { ...options, expires: session.expiresAt });
}

async function heldToken({ config }: WebContext): Promise<string | null> {
  return (await cookies()).get(sessionCookie(config.app).name)?.value ?? null;
}

/** The server action of the sign-in form: fields `email`, `password` and `callbackUrl`. */
export async function signInByForm(form: FormData): Promise<ActionResult<never>> {
  const result = await guardedAction(async (context) => {
    const origin = originOf(await headers());
    const [email, password] = [text(form, 'email'), text(form, 'password')];
    await takeSignIn(context, origin.ip, email);
    const replaces = await heldToken(context);
    await keepSession(context, await signInWithPassword(context, { email, password, origin, replaces }));
    return ownPath(text(form, 'callbackUrl') || paths.overview(), context.config.app.url);
  });
  return result.ok ? redirect(result.data) : result;
}

/** The server action of the setup form: makes the first admin and signs that person in. */
export async function completeSetupByForm(form: FormData): Promise<ActionResult<never>> {
  const result = await guardedAction(async (context) => {
    const origin = originOf(await headers());
    await context.budgets.signIn.take(`setup:${origin.ip ?? 'unknown'}`);
    const actor = await systemActor(context.db, 'setup', ['setup:complete'], origin);
    const admin = { email: text(form, 'email'), name: text(form, 'name'), password: text(form, 'password') };
    const input = { token: text(form, 'token'), admin };
    const { userId } = await execute(context, actor, createFirstAdmin, input);
    const replaces = await heldToken(context);
    await keepSession(context, await signIn(context, userId, origin, { method: 'setup', replaces }));
  });
  return result.ok ? redirect(paths.overview()) : result;
}

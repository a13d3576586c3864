import { headers } from 'next/headers';
import { unstable_rethrow } from 'next/navigation';
import type { z } from 'zod';
import { type Command, execute } from '#lib/command/define-command.ts';
import { ask, type Query } from '#lib/command/define-query.ts';
import { type WebContext, webContext } from '#lib/compose/web.ts';
import { AppError } from '#lib/kernel/errors.ts';
import { type Attempt, takeAttempt } from './auth/sign-in-limits.ts';
import { describeFailure, type Failure } from './failure.ts';
import { requireSameOrigin } from './request/same-origin.ts';
import { currentSignedIn, type SignedIn } from './session.ts';

/** What a server action answers: never a thrown error, so that the page can say what went wrong. */
export type ActionResult<R> = { ok: true; data: R } | { ok: false; error: Failure };

/**
 * Runs the body of a server action behind the checks that all of them share: own origin, and errors in
 * words. For acts of people who are not signed in yet; everything else is `action(command)`.
 */
export async function guardedAction<R>(work: (context: WebContext) => Promise<R>): Promise<ActionResult<R>> {
  const context = await webContext();
  try {
    requireSameOrigin(await headers(), context.config.app.allowedOrigins);
    return { ok: true, data: await work(context) };
  } catch (error) {
    unstable_rethrow(error);
    return { ok: false, error: describeFailure(error, context.log) };
  }
}

/** The same for acts of the signed-in person. */
export function signedInAction<R>(
  work: (context: WebContext, signedIn: SignedIn) => Promise<R>,
): Promise<ActionResult<R>> {
  return guardedAction(async (context) => {
    const signedIn = await currentSignedIn();
    if (!signedIn) throw new AppError('unauthenticated', 'Your session has ended. Sign in again.');
    await context.budgets.pageData.take(signedIn.actor.userId);
    return work(context, signedIn);
  });
}

/**
 * Binds a command to a server action: `export const createAgent = action(createAgentCommand)`.
 *
 * @param tries what it lets somebody guess, whose budget of the person and the address each call takes from
 */
export function action<S extends z.ZodType, R>(
  command: Command<S, R>,
  { tries }: { tries?: Attempt } = {},
): (input: z.input<S>) => Promise<ActionResult<R>> {
  return (input) =>
    signedInAction(async (context, { actor }) => {
      if (tries) await takeAttempt(context, tries, actor.origin.ip, actor.email);
      return execute(context, actor, command, input);
    });
}

/** Binds a query that a page asks again while somebody types; pages themselves `read`. */
export function asking<S extends z.ZodType, R>(
  query: Query<S, R>,
): (input: z.input<S>) => Promise<ActionResult<R>> {
  return (input) => signedInAction((context, { actor }) => ask(context, actor, query, input));
}

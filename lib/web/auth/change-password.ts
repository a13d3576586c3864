import type { z } from 'zod';
import { execute } from '#lib/command/define-command.ts';
import { changeOwnPassword } from '#lib/members/passwords/change-own-password.ts';
import { type ActionResult, signedInAction } from '../action.ts';
import { keepSession } from './browser-session.ts';
import { takeAttempt } from './sign-in-limits.ts';

/** Changes the own password and keeps the new token of this session, which no script sees. */
export function changePasswordHere(
  input: z.input<typeof changeOwnPassword.input>,
): Promise<ActionResult<undefined>> {
  return signedInAction(async (context, { actor }) => {
    await takeAttempt(context, 'password', actor.origin.ip, actor.email);
    await keepSession(context, await execute(context, actor, changeOwnPassword, input));
    return undefined;
  });
}

'use server';

import { deleteAccount as deleteCommand } from '#lib/members/accounts/delete-account.ts';
import { grantGlobalRole as grantCommand } from '#lib/members/accounts/grant-global-role.ts';
import {
  disableAccount as disableCommand,
  enableAccount as enableCommand,
  endAccountSessions as endCommand,
} from '#lib/members/accounts/set-status.ts';
import { makeResetLink as linkCommand } from '#lib/members/passwords/make-reset-link.ts';
import { resetSecondFactor as resetCommand } from '#lib/members/second-factor/reset-second-factor.ts';
import { action } from '#lib/web/action.ts';

export const disableAccount = action(disableCommand);
export const enableAccount = action(enableCommand);
export const deleteAccount = action(deleteCommand);
export const grantGlobalRole = action(grantCommand);
export const endAccountSessions = action(endCommand);
export const makeResetLink = action(linkCommand);
export const resetSecondFactor = action(resetCommand);

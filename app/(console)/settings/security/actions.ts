'use server';

import {
  deletePasskey as deleteKey,
  renamePasskey as renameKey,
} from '#lib/members/passkeys/keep-passkeys.ts';
import {
  beginPasskey as beginKey,
  registerPasskey as registerKey,
} from '#lib/members/passkeys/register-passkey.ts';
import {
  beginSecondFactor as begin,
  confirmSecondFactor as confirm,
} from '#lib/members/second-factor/enrol-second-factor.ts';
import { disableSecondFactor as disable } from '#lib/members/second-factor/remove-second-factor.ts';
import { renewRecoveryCodes as renew } from '#lib/members/second-factor/renew-recovery-codes.ts';
import { beginProof as beginPasskeyProof } from '#lib/members/second-factor/require-proof.ts';
import { action } from '#lib/web/action.ts';
import { changePasswordHere } from '#lib/web/auth/change-password.ts';

export async function changePassword(input: { current: string; password: string }) {
  return changePasswordHere(input);
}

export const beginSecondFactor = action(begin);
export const confirmSecondFactor = action(confirm);
export const disableSecondFactor = action(disable, { tries: 'second-step' });
export const renewRecoveryCodes = action(renew, { tries: 'second-step' });
export const beginProof = action(beginPasskeyProof);

export const beginPasskey = action(beginKey);
export const registerPasskey = action(registerKey);
export const renamePasskey = action(renameKey);
export const deletePasskey = action(deleteKey);

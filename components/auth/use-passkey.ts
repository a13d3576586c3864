import type {
  AuthenticationResponseJSON,
  PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/browser';
import { useState, useSyncExternalStore, useTransition } from 'react';
import type { BoundAction, ShownFailure } from '#components/ui/bound-action.ts';

/** Begins: what the browser is to hand to an authenticator. */
export type AskForPasskey = () => ReturnType<BoundAction<void, PublicKeyCredentialRequestOptionsJSON>>;
export type PasskeyResponse = AuthenticationResponseJSON;

const never = () => () => undefined;
const hasPasskeys = () => typeof PublicKeyCredential === 'function';

const noPasskey: ShownFailure = {
  code: 'invalid',
  message: 'No passkey was chosen. Try again, or prove it another way.',
  issues: [],
};

/**
 * Asks the browser for a passkey and hands its answer on.
 *
 * @param answer what became of it; null: all went well
 * @returns `isKnown`: whether the browser knows passkeys at all
 */
export function usePasskey(
  ask: AskForPasskey,
  answer: (response: PasskeyResponse) => Promise<ShownFailure | null>,
) {
  const isKnown = useSyncExternalStore(never, hasPasskeys, () => false);
  const [failure, setFailure] = useState<ShownFailure | null>(null);
  const [pending, startTransition] = useTransition();
  async function attempt(): Promise<ShownFailure | null> {
    const asked = await ask();
    if (!asked.ok) return asked.error;
    const { startAuthentication } = await import('@simplewebauthn/browser');
    const response = await startAuthentication({ optionsJSON: asked.data }).catch(() => null);
    return response === null ? noPasskey : answer(response);
  }
  const prove = () => startTransition(async () => setFailure(await attempt()));
  return { isKnown, failure, pending, prove };
}

/**
 * Passkeys (WebAuthn): registered by people who are signed in, sign them in alone or stand in for a code. User
 * verification is always required, so that a passkey is two factors by itself.
 */
import type { CommandDeps } from '#lib/command/context.ts';

/** Who we are to authenticators: made of the configured address and of nothing that a request says (security A15). */
export function relyingParty({ appUrl }: Pick<CommandDeps, 'appUrl'>): { id: string; origin: string } {
  const { hostname, origin } = new URL(appUrl);
  return { id: hostname, origin };
}

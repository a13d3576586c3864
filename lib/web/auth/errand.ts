import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { WebContext } from '#lib/compose/web.ts';
import { sessionCookie } from '../session-cookie.ts';

/**
 * What somebody who is signed in goes to a provider for: to try it, to link an identity, or to prove again who they
 * are. It waits in a sealed cookie for one answer of one provider to one session.
 */
const errandSchema = z.object({
  kind: z.enum(['test', 'link', 'prove']),
  sourceId: z.string(),
  sessionId: z.string(),
  /** SHA-256 of the state that the answer must carry. */
  state: z.string(),
  expiresAtMs: z.number(),
});
export type Errand = z.output<typeof errandSchema>;

type Sealing = Pick<WebContext, 'deps' | 'clock'>;

const VALID_MS = 15 * 60_000;
const hashState = (state: string) => createHash('sha256').update(state).digest('base64url');

export function errandCookie(app: WebContext['config']['app']) {
  const { name, options } = sessionCookie(app);
  return { name: name.replace('session', 'errand'), options };
}

/** The value of the cookie for an errand that leaves now with `state`. */
export function sealErrand(
  { deps, clock }: Sealing,
  state: string,
  errand: Pick<Errand, 'kind' | 'sourceId' | 'sessionId'>,
): string {
  const whole: Errand = { ...errand, state: hashState(state), expiresAtMs: clock.now() + VALID_MS };
  return deps.sealer.seal(JSON.stringify(whole));
}

/** The errand that an answer of a provider belongs to, else null. */
export function openErrand(
  { deps, clock }: Sealing,
  sealed: string | undefined,
  sourceId: string | undefined,
  state: string | null,
): Errand | null {
  if (sealed === undefined || state === null) return null;
  try {
    const errand = errandSchema.parse(JSON.parse(deps.sealer.open(sealed)));
    const isIts = errand.sourceId === sourceId && errand.state === hashState(state);
    return isIts && errand.expiresAtMs > clock.now() ? errand : null;
  } catch {
    return null;
  }
}

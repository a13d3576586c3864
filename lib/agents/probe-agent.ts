import { z } from 'zod';
import { isAppError } from '#lib/kernel/errors.ts';
import type { ProbeResult } from './health-memory.ts';

/** What a probe needs of the outbound client. */
export type ProbeRequest = (url: string, signal: AbortSignal) => Promise<{ status: number; body: string }>;

/** Where agents of the A2A protocol publish their card, and where its first versions had it. */
const CARD_PATH = /\/\.well-known\/agent(-card)?\.json$/;
const cardSchema = z.object({ name: z.string().min(1) });

function isCard(body: string): boolean {
  try {
    return cardSchema.safeParse(JSON.parse(body)).success;
  } catch {
    return false;
  }
}

/** A sentence as it stands within another. */
export function asClause(sentence: string): string {
  return sentence.charAt(0).toLowerCase() + sentence.slice(1).replace(/\.$/, '');
}

/**
 * Asks a health URL once: any 2xx is well, and at the address of an A2A agent card a card must come back.
 * Never rejects, and says nothing of the body (security O5).
 */
export async function probeAgent(
  request: ProbeRequest,
  url: string,
  signal: AbortSignal,
): Promise<ProbeResult> {
  const startedAt = performance.now();
  const result = (ok: boolean, status: number | null, message: string): ProbeResult => ({
    ok,
    status,
    latencyMs: Math.round((performance.now() - startedAt) * 10) / 10,
    message,
  });
  try {
    const { status, body } = await request(url, signal);
    if (status < 200 || status > 299) return result(false, status, `answered ${status}`);
    if (CARD_PATH.test(new URL(url).pathname) && !isCard(body)) {
      return result(false, status, `answered ${status} without an agent card`);
    }
    return result(true, status, `answered ${status}`);
  } catch (error) {
    return result(false, null, isAppError(error) ? asClause(error.message) : 'no answer came');
  }
}

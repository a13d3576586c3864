import { type TellTools, tellOfEnds } from '#lib/pipeline/credentials/tell-of-ends.ts';
import type { Loop } from '../loop.ts';

/** Tells people of keys and tokens that end within days. */
export function credentialEndLoop(tools: TellTools): Loop {
  return {
    name: 'credential-ends',
    intervalMs: 15 * 60_000,
    timeoutMs: 60_000,
    exclusive: 'one',
    step: async () => ({ done: await tellOfEnds(tools), more: false }),
  };
}

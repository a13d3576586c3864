import { STATUS_LOOKS, STATUSES_BY_URGENCY } from '#components/ui/status.tsx';
import type { AgentStatus } from '#lib/model/agent.ts';
import type { TransitionRow } from '#lib/model/agent-view.ts';

export interface HealthBlock {
  fromMs: number;
  toMs: number;
  /** The most urgent status of the block, null before anything is known. */
  status: AgentStatus | null;
}

/**
 * A stretch of time in equal blocks, each with the most urgent status that held in it.
 *
 * @param transitions newest first; what held before the oldest of them is its `from`
 */
export function healthBlocks(
  transitions: readonly Pick<TransitionRow, 'at' | 'from' | 'to'>[],
  current: AgentStatus,
  span: { fromMs: number; toMs: number; knownFromMs: number },
  count: number,
): HealthBlock[] {
  const stretches = stretchesOf(transitions, current, span);
  const width = (span.toMs - span.fromMs) / count;
  return Array.from({ length: count }, (_, i) => {
    const fromMs = span.fromMs + i * width;
    const toMs = fromMs + width;
    const held = stretches
      .filter((each) => each.fromMs < toMs && each.toMs > fromMs)
      .map((each) => each.status);
    return { fromMs, toMs, status: STATUSES_BY_URGENCY.find((status) => held.includes(status)) ?? null };
  });
}

function stretchesOf(
  transitions: readonly Pick<TransitionRow, 'at' | 'from' | 'to'>[],
  current: AgentStatus,
  span: { toMs: number; knownFromMs: number },
): { fromMs: number; toMs: number; status: AgentStatus }[] {
  const stretches = [];
  let toMs = span.toMs;
  for (const { at, to } of transitions) {
    stretches.push({ fromMs: at, toMs, status: to });
    toMs = at;
  }
  const first = transitions.at(-1)?.from ?? current;
  if (span.knownFromMs < toMs) stretches.push({ fromMs: span.knownFromMs, toMs, status: first });
  return stretches;
}

/**
 * The share of known time that needed nobody, 0 to 1; null before the first whole block is known: a minute of
 * trouble in the only block would read as never well.
 *
 * @param knownFromMs since when the agent is known, Unix milliseconds
 */
export function shareWell(blocks: readonly HealthBlock[], knownFromMs: number): number | null {
  const known = blocks.filter((block) => block.status !== null && block.fromMs >= knownFromMs);
  if (known.length === 0) return null;
  const well = known.filter((block) => {
    const tone = block.status === null ? 'unknown' : STATUS_LOOKS[block.status].tone;
    return tone !== 'critical' && tone !== 'warning';
  });
  return well.length / known.length;
}

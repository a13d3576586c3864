import { useEffect, useState } from 'react';
import type { BoundAction, ShownFailure } from '#components/ui/bound-action.ts';
import type { ScalingPreview, ScalingRule } from '#lib/model/scaling.ts';

export type PreviewScaling = BoundAction<{ agentId: string } & ScalingRule, ScalingPreview>;

interface PreviewState {
  /** The last answer; it stays while the next is on its way. */
  preview: ScalingPreview | null;
  failure: ShownFailure | null;
  pending: boolean;
}

/** Typing pauses this long before the past is asked. */
const QUIET_MS = 400;

/**
 * Asks what a rule would have done in the last hour, a moment after it changed; the answer to an older question is
 * dropped.
 *
 * @param rule null: what is typed can't be asked about
 */
export function useScalingPreview(
  agentId: string,
  rule: ScalingRule | null,
  ask: PreviewScaling,
): PreviewState {
  const [state, setState] = useState<PreviewState>({ preview: null, failure: null, pending: false });
  const body = rule === null ? null : JSON.stringify(rule);
  useEffect(() => {
    if (body === null) return;
    let isOver = false;
    const timer = setTimeout(async () => {
      setState((before) => ({ ...before, pending: true }));
      const answer = await ask({ agentId, ...(JSON.parse(body) as ScalingRule) }).catch(() => null);
      if (isOver) return;
      const failure =
        answer === null
          ? { code: 'unavailable', message: 'There is no connection.', issues: [] }
          : answer.ok
            ? null
            : answer.error;
      setState((before) => ({
        preview: answer?.ok ? answer.data : before.preview,
        failure,
        pending: false,
      }));
    }, QUIET_MS);
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [agentId, body, ask]);
  return state;
}

import { useEffect, useState } from 'react';
import type { BoundAction } from '#components/ui/bound-action.ts';
import type { LabelMatcher } from '#lib/model/alert.ts';
import type { MatchingAlerts } from '#lib/model/mute.ts';

export type AskMatching = BoundAction<{ matchers: LabelMatcher[] }, MatchingAlerts>;

/** Typing pauses this long before the open alerts are asked. */
const QUIET_MS = 350;

/** Which open alerts the matchers would touch now; null while that is not known. */
export function useMatching(
  matchers: readonly LabelMatcher[],
  ask: AskMatching,
): { answer: MatchingAlerts | null; failure: string | null } {
  const [state, setState] = useState<{ key: string; answer: MatchingAlerts | null; failure: string | null }>({
    ...{ key: '', answer: null, failure: null },
  });
  const key = JSON.stringify(matchers);
  useEffect(() => {
    let isStale = false;
    const timer = setTimeout(async () => {
      const result = await ask({ matchers: JSON.parse(key) });
      if (isStale) return;
      if (result.ok) setState({ key, answer: result.data, failure: null });
      else setState({ key, answer: null, failure: result.error.issues[0]?.message ?? result.error.message });
    }, QUIET_MS);
    return () => {
      isStale = true;
      clearTimeout(timer);
    };
  }, [key, ask]);
  return { answer: state.answer, failure: state.key === key ? state.failure : null };
}

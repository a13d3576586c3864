import { useEffect, useState } from 'react';
import { refusalWords } from '#components/live/refusal-words.ts';
import type { ShownFailure } from '#components/ui/bound-action.ts';
import type { RuleDefinition } from '#lib/model/alert-rule-schema.ts';
import type { RulePreview } from '#lib/model/alert-rule-view.ts';
import { paths } from '#lib/model/paths.ts';

export type PreviewHours = 24 | 168;

/** What is known of the past: the last answer stays while the next is on its way. */
export interface PreviewState {
  preview: RulePreview | null;
  /** What the server says is wrong with the definition. */
  issues: ShownFailure['issues'];
  /** Why there is no answer, other than issues. */
  failure: string | null;
  pending: boolean;
}

/** Typing pauses this long before the past is asked. */
const QUIET_MS = 400;
const NOTHING: PreviewState = { preview: null, issues: [], failure: null, pending: true };

async function ask(body: string, signal: AbortSignal): Promise<Partial<PreviewState>> {
  const response = await fetch(paths.api.previewAlertRule(), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
    signal,
  });
  if (response.status === 401) return { issues: [], failure: await refusalWords(response) };
  const answer = await response.json();
  if (response.ok) return { preview: answer as RulePreview, issues: [], failure: null };
  const problem = answer as { detail?: string; errors?: ShownFailure['issues'] };
  if (problem.errors) return { issues: problem.errors, failure: null };
  return { issues: [], failure: problem.detail ?? `The server answered ${response.status}.` };
}

/** Asks what a definition would have done, a moment after it changed; an older question is dropped. */
export function usePreview(
  name: string,
  definition: RuleDefinition,
  hours: PreviewHours,
  readable: boolean,
): PreviewState {
  const [state, setState] = useState(NOTHING);
  const body = readable ? JSON.stringify({ name: name.trim() || 'New rule', definition, hours }) : null;
  useEffect(() => {
    if (body === null) return;
    const abort = new AbortController();
    const timer = setTimeout(() => {
      setState((before) => ({ ...before, pending: true }));
      ask(body, abort.signal)
        .catch(() => ({ failure: 'There is no connection.' }))
        .then((answer) => {
          if (!abort.signal.aborted) setState((before) => ({ ...before, ...answer, pending: false }));
        });
    }, QUIET_MS);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [body]);
  return state;
}

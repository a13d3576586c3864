import type { ShownFailure } from '#components/ui/bound-action.ts';
import { asSentence, issueWords } from '#components/ui/issue-words.ts';

/** Why something was not saved. */
export function SaveFailure({ failure }: { failure: ShownFailure | null }) {
  if (!failure) return null;
  const [issue] = failure.issues;
  return (
    <p role="alert" className="text-sm text-critical-text">
      {issue ? issueWords(issue) : asSentence(failure.message)} What you typed is kept.
    </p>
  );
}

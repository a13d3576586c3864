import type { ShownFailure } from './bound-action.ts';
import { asSentence, issueWords } from './issue-words.ts';

/**
 * Why something was not saved.
 *
 * @param props.fields the fields of the form say what is wrong with them themselves
 */
export function SaveFailure({ failure, fields = false }: { failure: ShownFailure | null; fields?: boolean }) {
  if (!failure || (fields && failure.issues.length > 0)) return null;
  const [issue] = failure.issues;
  return (
    <p role="alert" className="text-sm text-critical-text">
      {issue ? issueWords(issue) : asSentence(failure.message)} What you typed is kept.
    </p>
  );
}

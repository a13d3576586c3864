import type { ShownFailure } from '#components/ui/bound-action.ts';

/** Why something was not saved. */
export function SaveFailure({ failure }: { failure: ShownFailure | null }) {
  if (!failure) return null;
  const [issue] = failure.issues;
  return (
    <p role="alert" className="text-sm text-critical-text">
      {issue ? `${issue.path}: ${issue.message}` : failure.message} What you typed is kept.
    </p>
  );
}

import Link from 'next/link';
import type { ShownFailure } from '#components/ui/bound-action.ts';

/** What became of saving settings. `proveAgain` leads to where a stale sign-in is renewed. */
export function SaveOutcome(props: { failure: ShownFailure | null; done: string; proveAgain?: string }) {
  const { failure, done, proveAgain } = props;
  if (!failure)
    return (
      <p role="status" className="text-sm text-muted">
        {done}
      </p>
    );
  return (
    <p role="alert" className="text-sm text-critical-text">
      {failure.issues[0]?.message ?? failure.message}{' '}
      {failure.code === 'reauthentication_required' && proveAgain !== undefined && (
        <Link href={proveAgain} className="underline">
          Prove that it is you
        </Link>
      )}
    </p>
  );
}

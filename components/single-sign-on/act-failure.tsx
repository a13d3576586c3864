import Link from 'next/link';
import type { ShownFailure } from '#components/ui/bound-action.ts';

/** Why an act was refused, with the way on where a stale sign-in is the reason; fields say their own. */
export function ActFailure(props: { failure: ShownFailure | null; proveAgain: string; fields?: boolean }) {
  const { failure, proveAgain, fields = false } = props;
  if (!failure || (fields && failure.issues.length > 0)) return null;
  return (
    <p role="alert" className="text-sm text-critical-text wrap-anywhere">
      {failure.issues[0]?.message ?? failure.message}{' '}
      {failure.code === 'reauthentication_required' && (
        <Link href={proveAgain} className="underline">
          Prove that it is you
        </Link>
      )}
    </p>
  );
}

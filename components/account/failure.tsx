import Link from 'next/link';
import type { ShownFailure } from '#components/ui/bound-action.ts';

/** Why something about the own account was not done; leads to where a sign-in that is too old is renewed. */
export function AccountFailure({
  failure,
  proveAgain,
}: {
  failure: ShownFailure | null;
  proveAgain: string;
}) {
  if (!failure) return null;
  return (
    <p role="alert" className="text-sm text-critical-text">
      {failure.issues[0]?.message ?? failure.message}{' '}
      {failure.code === 'reauthentication_required' && (
        <Link href={proveAgain} className="underline">
          Prove that it is you
        </Link>
      )}
    </p>
  );
}

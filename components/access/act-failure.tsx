import Link from 'next/link';
import type { ShownFailure } from '#components/ui/bound-action.ts';

/**
 * Why an act was refused. What an unlocked phone must not do leads to where the person proves who they are;
 * `proveAgain` is that page.
 */
export function ActFailure({ failure, proveAgain }: { failure: ShownFailure | null; proveAgain: string }) {
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

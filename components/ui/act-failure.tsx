import Link from 'next/link';
import type { ShownFailure } from './bound-action.ts';

/**
 * Why an act was refused. What an unlocked phone must not do leads to `proveAgain`, where a stale sign-in is renewed.
 *
 * @param props.fields the fields of the form say what is wrong with them themselves
 */
export function ActFailure(props: { failure: ShownFailure | null; proveAgain?: string; fields?: boolean }) {
  const { failure, proveAgain, fields = false } = props;
  if (!failure || (fields && failure.issues.length > 0)) return null;
  return (
    <p role="alert" className="text-sm text-critical-text wrap-anywhere">
      {failure.issues[0]?.message ?? failure.message}{' '}
      {failure.code === 'reauthentication_required' && proveAgain !== undefined && (
        <Link href={proveAgain} className="underline">
          Prove that it is you
        </Link>
      )}
    </p>
  );
}

import Link from 'next/link';
import { paths } from '#lib/model/paths.ts';

/**
 * Says beforehand that e-mail reaches nobody: otherwise it is learnt from the first page that did not arrive.
 * People who may set a server up are led there.
 */
export function NoMailServer({ maySetUp }: { maySetUp: boolean }) {
  return (
    <p className="rounded-md border border-warning bg-warning-tint px-3 py-2 text-sm text-warning-text">
      No mail server is set up: nothing can be sent by e-mail.{' '}
      {maySetUp ? (
        <Link href={paths.mailServer()} className="touch underline">
          Set one up
        </Link>
      ) : (
        'Ask an admin of the installation to set one up.'
      )}
    </p>
  );
}

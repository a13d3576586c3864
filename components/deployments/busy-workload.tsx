import Link from 'next/link';
import type { ReactNode } from 'react';
import { Button } from '#components/ui/button.tsx';
import { paths } from '#lib/model/paths.ts';

/** The id of the deployment that a refusal names. */
const ID = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/;

/**
 * Another deployment of the workload is under way: which, and the way behind it (deployment S-55).
 *
 * @param props.message the words of the refusal
 */
export function BusyWorkload(props: {
  message: string;
  pending: boolean;
  queue: () => void;
  children: ReactNode;
}) {
  const [id] = ID.exec(props.message) ?? [];
  return (
    <div className="flex flex-col items-start gap-2 rounded-md border border-warning bg-warning-tint px-3 py-2 text-sm text-ink">
      <p role="alert">
        {id === undefined ? (
          'Another deployment'
        ) : (
          <Link href={paths.deployment(id)} className="underline">
            Another deployment
          </Link>
        )}{' '}
        of this workload is under way. {props.children}
      </p>
      <Button pending={props.pending} onClick={props.queue}>
        Queue behind the active one
      </Button>
    </div>
  );
}

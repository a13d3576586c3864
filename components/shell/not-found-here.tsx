'use client';

import { usePathname } from 'next/navigation';
import { ButtonLink } from '#components/ui/button.tsx';
import { StateMessage } from '#components/ui/states.tsx';
import { nearestList } from './nearest-list.ts';

/** What stands in the place of a page whose thing is not there, with the way to the list of such things. */
export function NotFoundHere() {
  const { href, label } = nearestList(usePathname());
  return (
    <StateMessage
      kind="empty"
      title="There is nothing here"
      action={<ButtonLink href={href}>{label}</ButtonLink>}
    >
      It was deleted, never existed, or belongs to another team.
    </StateMessage>
  );
}

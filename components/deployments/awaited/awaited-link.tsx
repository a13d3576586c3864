'use client';

import { ClipboardCheck } from 'lucide-react';
import Link from 'next/link';
import { Icon } from '#components/ui/icon.tsx';
import { formatPlural } from '#lib/model/format.ts';
import { paths } from '#lib/model/paths.ts';
import { useAwaited } from './awaited.tsx';

/** How many deployments wait for this person, from every page; nothing while there are none. */
export function AwaitedLink() {
  const awaited = useAwaited();
  if (awaited === null || awaited.total === 0) return null;
  const [first] = awaited.items;
  const isOne = awaited.total === 1 && first !== undefined;
  return (
    <Link
      href={isOne ? paths.deployment(first.id) : paths.deployments({ status: 'awaiting_approval' })}
      aria-label={`${formatPlural(awaited.total, 'deployment waits', 'deployments wait')} for your approval`}
      className="touch inline-flex size-8 items-center justify-center rounded-md hover:bg-active"
    >
      <span className="relative">
        <Icon of={ClipboardCheck} />
        <span className="absolute -top-2 left-2 min-w-4 rounded-full bg-accent px-1 text-center text-xs leading-4 font-medium text-surface">
          {awaited.total > 99 ? '99+' : awaited.total}
        </span>
      </span>
    </Link>
  );
}

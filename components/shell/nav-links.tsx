'use client';

import { clsx } from 'clsx';
import Link from 'next/link';
import { usePathname, useSearchParams } from 'next/navigation';
import { Icon } from '#components/ui/icon.tsx';
import { carry, destinations, isWithin } from './navigation.ts';

/** The navigation: a column on wide screens, a bar within thumb reach on narrow ones. */
export function NavLinks({ variant, deploys }: { variant: 'column' | 'bar'; deploys: boolean }) {
  const pathname = usePathname();
  const params = useSearchParams();
  const column = variant === 'column';
  return (
    <nav aria-label="Main" className={column ? 'flex flex-col gap-0.5' : 'grid grid-cols-5'}>
      {destinations(deploys)
        .filter(({ wideOnly }) => column || !wideOnly)
        .map((destination) => {
          const current = isWithin(pathname, destination.href);
          return (
            <Link
              key={destination.href}
              href={carry(destination, params)}
              aria-current={current ? 'page' : undefined}
              className={clsx(
                'flex items-center transition-colors duration-100',
                column
                  ? 'h-8 gap-2.5 rounded-md px-2.5 text-sm'
                  : 'h-14 flex-col justify-center gap-0.5 text-xs',
                current ? 'font-medium text-ink' : 'text-muted hover:text-ink',
                column && (current ? 'bg-active' : 'hover:bg-hover'),
              )}
            >
              <Icon of={destination.icon} size={column ? 16 : 20} />
              {destination.label}
            </Link>
          );
        })}
    </nav>
  );
}

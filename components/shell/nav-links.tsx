'use client';

import { clsx } from 'clsx';
import { Ellipsis } from 'lucide-react';
import Link from 'next/link';
import { usePathname, useSearchParams } from 'next/navigation';
import { Icon } from '#components/ui/icon.tsx';
import { MENU_ITEM, Menu } from '#components/ui/menu.tsx';
import { carry, type Destination, destinations, isWithin, phoneDestinations } from './navigation.ts';

const BAR_ENTRY = 'flex h-14 w-full flex-col items-center justify-center gap-0.5 text-xs';

const inkOf = (current: boolean) => (current ? 'font-medium text-ink' : 'text-muted hover:text-ink');

/** Where a destination leads from here, and whether this page belongs to it. */
function usePlaces() {
  const pathname = usePathname();
  const params = useSearchParams();
  return (destination: Destination) => ({
    current: isWithin(pathname, destination.href),
    href: carry(destination, params),
  });
}

/** The navigation of wide screens: a column. */
export function NavColumn({ deploys }: { deploys: boolean }) {
  const placeOf = usePlaces();
  return (
    <nav aria-label="Main" className="flex flex-col gap-0.5">
      {destinations(deploys).map((destination) => {
        const { current, href } = placeOf(destination);
        return (
          <Link
            key={destination.href}
            href={href}
            aria-current={current ? 'page' : undefined}
            className={clsx(
              'flex h-8 items-center gap-2.5 rounded-md px-2.5 text-sm transition-colors duration-100',
              inkOf(current),
              current ? 'bg-active' : 'hover:bg-hover',
            )}
          >
            <Icon of={destination.icon} size={16} />
            {destination.label}
          </Link>
        );
      })}
    </nav>
  );
}

/** The navigation of narrow screens: a bar within thumb reach, and what it has no room for behind "More". */
export function NavBar({ deploys }: { deploys: boolean }) {
  const placeOf = usePlaces();
  const { bar, more } = phoneDestinations(deploys);
  return (
    <nav aria-label="Main" className="grid grid-cols-5">
      {bar.map((destination) => {
        const { current, href } = placeOf(destination);
        return (
          <Link
            key={destination.href}
            href={href}
            aria-current={current ? 'page' : undefined}
            className={clsx(BAR_ENTRY, 'transition-colors duration-100', inkOf(current))}
          >
            <Icon of={destination.icon} size={20} />
            {destination.label}
          </Link>
        );
      })}
      <Menu
        label="More pages"
        side="above"
        triggerClass={clsx(BAR_ENTRY, inkOf(more.some((destination) => placeOf(destination).current)))}
        trigger={
          <>
            <Icon of={Ellipsis} size={20} />
            More
          </>
        }
      >
        {more.map((destination) => {
          const { current, href } = placeOf(destination);
          return (
            <Link
              key={destination.href}
              href={href}
              role="menuitem"
              aria-current={current ? 'page' : undefined}
              className={clsx(MENU_ITEM, current && 'font-medium')}
            >
              <Icon of={destination.icon} />
              {destination.label}
            </Link>
          );
        })}
      </Menu>
    </nav>
  );
}

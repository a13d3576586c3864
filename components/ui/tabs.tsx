import { clsx } from 'clsx';
import Link from 'next/link';

export interface TabLink {
  href: string;
  label: string;
  current: boolean;
  /** Small number behind the label. */
  count?: number;
}

/** Tabs as links: each has an address. Those that don't fit go on in a second line; one that is cut off is not found. */
export function Tabs({ label, tabs }: { label: string; tabs: readonly TabLink[] }) {
  return (
    <nav aria-label={label} className="-mb-px flex flex-wrap sm:gap-x-1">
      {tabs.map((tab) => (
        <Link
          key={tab.href}
          href={tab.href}
          scroll={false}
          aria-current={tab.current ? 'page' : undefined}
          className={clsx(
            'touch inline-flex h-9 items-center gap-1.5 border-b-2 px-2.5 text-sm whitespace-nowrap transition-colors duration-100',
            tab.current ? 'border-ink font-medium text-ink' : 'border-transparent text-muted hover:text-ink',
          )}
        >
          {tab.label}
          {tab.count !== undefined && <span className="text-xs text-muted">{tab.count}</span>}
        </Link>
      ))}
    </nav>
  );
}

import { Card as TremorCard } from '@tremor/react';
import { clsx } from 'clsx';
import type { ReactNode } from 'react';

/** A panel on the canvas: Tremor's card without its generous padding. */
export function Card({
  children,
  className,
  label,
}: {
  children: ReactNode;
  className?: string;
  label?: string;
}) {
  return (
    <TremorCard
      className={clsx('min-w-0 border-transparent p-0', className)}
      {...(label !== undefined && { role: 'region', 'aria-label': label })}
    >
      {children}
    </TremorCard>
  );
}

/** The head line of a card: its name, a hint, and what can be done at the right. */
export function CardHeader({
  title,
  hint,
  children,
}: {
  title: string;
  hint?: ReactNode;
  children?: ReactNode;
}) {
  return (
    <header className="flex min-h-10 flex-wrap items-center gap-x-2 px-4 pt-2 pb-1">
      <h2 className="min-w-0 text-sm font-medium wrap-anywhere">{title}</h2>
      {hint !== undefined && <span className="min-w-0 truncate text-xs text-muted">{hint}</span>}
      {children !== undefined && <div className="ml-auto flex items-center gap-2">{children}</div>}
    </header>
  );
}

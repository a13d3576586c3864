import type { ReactNode } from 'react';

/** The head of a page: its name, its conclusion in words, and what can be done. */
export function PageHeader({
  title,
  children,
  actions,
}: {
  title: ReactNode;
  children?: ReactNode;
  actions?: ReactNode;
}) {
  return (
    <header className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
      <div className="min-w-0 flex-1 basis-72">
        <h1 className="text-lg font-medium tracking-tight text-balance wrap-anywhere">{title}</h1>
        {children !== undefined && <div className="mt-1 text-sm text-muted">{children}</div>}
      </div>
      {actions !== undefined && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
    </header>
  );
}

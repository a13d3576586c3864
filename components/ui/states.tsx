import { clsx } from 'clsx';
import { CloudOff, Inbox, Lock, type LucideIcon, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { Icon } from './icon.tsx';

type Kind = 'empty' | 'error' | 'no-permission' | 'stale';

const GLYPHS: Record<Kind, LucideIcon> = {
  empty: Inbox,
  error: TriangleAlert,
  'no-permission': Lock,
  stale: CloudOff,
};

const FRAMES: Record<Kind, string> = {
  empty: 'border-dashed border-line-strong text-muted',
  error: 'border-critical bg-critical-tint text-critical-text',
  'no-permission': 'border-line-strong bg-sunken text-muted',
  stale: 'border-warning bg-warning-tint text-warning-text',
};

/**
 * What stands where content should be. Empty, error, no permission and stale are different pictures;
 * loading is a skeleton of the content (Skeleton).
 */
export function StateMessage(props: {
  kind: Kind;
  title: string;
  children?: ReactNode;
  action?: ReactNode;
  compact?: boolean;
}) {
  const { kind, title, children, action, compact = false } = props;
  return (
    <div
      role={kind === 'error' ? 'alert' : undefined}
      className={clsx(
        'flex flex-col items-center justify-center gap-2 rounded-lg border text-center',
        compact ? 'px-4 py-6' : 'px-6 py-12',
        FRAMES[kind],
      )}
    >
      <Icon of={GLYPHS[kind]} size={20} />
      <p className="text-sm font-medium text-ink">{title}</p>
      {children !== undefined && <div className="max-w-[56ch] text-sm text-muted">{children}</div>}
      {action !== undefined && <div className="mt-2 flex flex-wrap justify-center gap-2">{action}</div>}
    </div>
  );
}

/** A grey shape of something that is on its way. `className` gives it its size. */
export function Skeleton({ className }: { className: string }) {
  return <div aria-hidden="true" className={clsx('skeleton', className)} />;
}

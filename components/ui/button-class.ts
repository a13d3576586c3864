import { clsx } from 'clsx';

export type ButtonVariant = 'primary' | 'secondary' | 'ghost' | 'danger';
export type ButtonSize = 'sm' | 'md';

const VARIANTS: Record<ButtonVariant, string> = {
  primary: 'bg-ink text-surface border-ink enabled:hover:opacity-90',
  secondary:
    'bg-surface text-ink border-line-strong enabled:hover:bg-hover enabled:hover:border-line-control',
  ghost: 'bg-transparent text-muted border-transparent enabled:hover:bg-active enabled:hover:text-ink',
  danger:
    'bg-surface text-critical-text border-line-strong enabled:hover:bg-critical-tint enabled:hover:border-critical',
};

const SIZES: Record<ButtonSize, string> = { sm: 'h-7 px-2 text-xs gap-1.5', md: 'h-8 px-3 text-sm gap-2' };

/** The classes of a button, for what looks like one without being our component. */
export function buttonClass(variant: ButtonVariant, size: ButtonSize, iconOnly: boolean): string {
  return clsx(
    'touch inline-flex items-center justify-center rounded-md border font-medium whitespace-nowrap select-none',
    'transition-[background-color,border-color,opacity] duration-100',
    VARIANTS[variant],
    SIZES[size],
    iconOnly && (size === 'sm' ? 'w-7 !px-0' : 'w-8 !px-0'),
  );
}

import { clsx } from 'clsx';
import type { LucideIcon } from 'lucide-react';
import Link from 'next/link';
import type { ButtonHTMLAttributes, MouseEvent, ReactNode } from 'react';
import { type ButtonSize, type ButtonVariant, buttonClass } from './button-class.ts';
import { Icon } from './icon.tsx';
import { Tooltip } from './tooltip.tsx';

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  variant?: ButtonVariant;
  size?: ButtonSize;
  icon?: LucideIcon;
  /** Why the button can't be used now; it then stays focusable and says so. */
  disabledReason?: string | null;
  pending?: boolean;
  children?: ReactNode;
}

/** A button. Without children it needs `aria-label`. */
export function Button({
  variant = 'secondary',
  size = 'md',
  icon,
  disabledReason,
  pending,
  children,
  ...rest
}: ButtonProps) {
  const blocked = Boolean(disabledReason) || pending === true;
  // A button of a page that the server renders can hold no handler, and only one that sends a form needs it.
  const hold =
    rest.type === 'submit' ? (event: MouseEvent<HTMLButtonElement>) => event.preventDefault() : undefined;
  const button = (
    <button
      type="button"
      {...rest}
      {...(blocked && { onClick: hold, 'aria-disabled': true })}
      aria-busy={pending || undefined}
      className={clsx(
        buttonClass(variant, size, children === undefined),
        blocked && 'cursor-not-allowed! opacity-55',
        'disabled:opacity-55',
        rest.className,
      )}
    >
      {icon && <Icon of={icon} size={size === 'sm' ? 14 : 16} />}
      {children}
    </button>
  );
  if (disabledReason) return <Tooltip text={disabledReason}>{button}</Tooltip>;
  return children === undefined && rest['aria-label'] ? (
    <Tooltip text={rest['aria-label']}>{button}</Tooltip>
  ) : (
    button
  );
}

/** A link that looks like a button. */
export function ButtonLink(props: {
  href: string;
  variant?: ButtonVariant;
  size?: ButtonSize;
  icon?: LucideIcon;
  /** The address answers with no page of ours, so the browser itself goes there, and nothing fetches it before. */
  leaves?: boolean;
  children: ReactNode;
}) {
  const { href, variant = 'secondary', size = 'md', icon, leaves, children } = props;
  const Anchor = leaves ? 'a' : Link;
  return (
    <Anchor
      href={href}
      className={clsx(
        buttonClass(variant, size, false),
        variant === 'primary' ? 'hover:opacity-90' : 'hover:bg-hover',
      )}
    >
      {icon && <Icon of={icon} size={size === 'sm' ? 14 : 16} />}
      {children}
    </Anchor>
  );
}

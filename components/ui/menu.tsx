'use client';

import { clsx } from 'clsx';
import { type ReactNode, useEffect, useId, useRef, useState } from 'react';

const TRIGGER =
  'touch inline-flex h-8 items-center gap-1.5 rounded-md border border-transparent px-2 text-sm hover:bg-active';

/** A button that opens a list beneath or above it. Arrow keys walk, Escape closes and returns the focus. */
export function Menu(props: {
  label: string;
  trigger: ReactNode;
  children: ReactNode;
  align?: 'left' | 'right';
  side?: 'below' | 'above';
  triggerClass?: string;
}) {
  const { label, trigger, children, align = 'right', side = 'below', triggerClass = TRIGGER } = props;
  const [open, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const id = useId();

  useEffect(() => {
    const element = root.current;
    if (!open || !element) return;
    return walkMenu(element, () => setOpen(false));
  }, [open]);

  return (
    <div ref={root} className="relative">
      <button
        type="button"
        aria-label={label}
        aria-haspopup="menu"
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        onClick={() => setOpen(!open)}
        className={triggerClass}
      >
        {trigger}
      </button>
      {open && (
        <div
          id={id}
          role="menu"
          tabIndex={-1}
          aria-label={label}
          className={clsx(
            align === 'right' ? 'right-0' : 'left-0',
            side === 'above' ? 'bottom-full mb-1' : 'mt-1',
            'absolute z-40 flex w-max min-w-48 max-w-[calc(100vw-24px)] flex-col rounded-lg bg-surface p-1 shadow-md',
          )}
        >
          {children}
        </div>
      )}
    </div>
  );
}

/** Keys and clicks of an open menu, until it closes. */
function walkMenu(root: HTMLElement, close: () => void): () => void {
  const items = () =>
    [...root.querySelectorAll<HTMLElement>('[role="menuitem"], [role="menuitemradio"]')].filter((item) =>
      item.checkVisibility(),
    );
  items()[0]?.focus();
  const onKey = (event: KeyboardEvent) => {
    const all = items();
    const at = all.indexOf(document.activeElement as HTMLElement);
    const steps: Record<string, number> = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      Home: 0,
      End: all.length - 1,
    };
    const target = steps[event.key];
    if (event.key === 'Escape') {
      close();
      root.querySelector('button')?.focus();
    } else if (target !== undefined) {
      event.preventDefault();
      all[(target + all.length) % all.length]?.focus();
    }
  };
  const onClick = (event: MouseEvent) => {
    const target = event.target as Element;
    if (!root.contains(target) || target.closest('[role^="menuitem"]')) close();
  };
  root.addEventListener('keydown', onKey);
  document.addEventListener('click', onClick);
  return () => {
    root.removeEventListener('keydown', onKey);
    document.removeEventListener('click', onClick);
  };
}

/** The look of one item, for buttons and links inside a menu. */
export const MENU_ITEM =
  'touch flex h-8 w-full items-center gap-2 rounded-md px-2 text-left text-sm hover:bg-hover focus-visible:bg-hover focus-visible:outline-offset-[-2px]';

'use client';

import { cloneElement, type ReactElement, useEffect, useId, useState } from 'react';
import { createPortal } from 'react-dom';

interface Anchor {
  x: number;
  y: number;
  below: boolean;
}

/** Where a bubble of at most 280 px fits beside an element: above it, or below when there is no room. */
function anchorTo(element: Element): Anchor {
  const rect = element.getBoundingClientRect();
  const below = rect.top < 56;
  const half = Math.min(140, window.innerWidth / 2 - 8);
  const middle = rect.left + rect.width / 2;
  return {
    x: Math.min(Math.max(middle, half + 8), window.innerWidth - half - 8),
    y: below ? rect.bottom + 6 : rect.top - 6,
    below,
  };
}

interface Described {
  'aria-describedby'?: string | undefined;
  onPointerEnter?: ((event: { currentTarget: Element }) => void) | undefined;
  onPointerLeave?: (() => void) | undefined;
  onFocus?: ((event: { currentTarget: Element }) => void) | undefined;
  onBlur?: (() => void) | undefined;
}

/** Words on hover and focus of the one child, drawn above everything and read by screen readers. */
export function Tooltip({ text, children }: { text: string; children: ReactElement }) {
  const id = useId();
  const [anchor, setAnchor] = useState<Anchor | null>(null);
  const show = (event: { currentTarget: Element }) => setAnchor(anchorTo(event.currentTarget));
  const hide = () => setAnchor(null);
  const open = anchor !== null;

  useEffect(() => {
    if (!open) return;
    const close = () => setAnchor(null);
    const onKey = (event: KeyboardEvent) => event.key === 'Escape' && close();
    window.addEventListener('keydown', onKey);
    window.addEventListener('scroll', close, true);
    return () => {
      window.removeEventListener('keydown', onKey);
      window.removeEventListener('scroll', close, true);
    };
  }, [open]);

  return (
    <>
      {cloneElement(children as ReactElement<Described>, {
        'aria-describedby': open ? id : undefined,
        onPointerEnter: show,
        onPointerLeave: hide,
        onFocus: show,
        onBlur: hide,
      })}
      {anchor &&
        createPortal(
          <div
            id={id}
            role="tooltip"
            style={{ left: anchor.x, top: anchor.y, translate: anchor.below ? '-50% 0' : '-50% -100%' }}
            className="pointer-events-none fixed z-50 w-max max-w-[280px] rounded-md bg-ink px-2 py-1 text-xs text-surface shadow-md"
          >
            {text}
          </div>,
          document.body,
        )}
    </>
  );
}

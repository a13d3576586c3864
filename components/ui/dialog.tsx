'use client';

import { type ReactNode, useEffect, useId, useRef } from 'react';
import { onClickBeside } from './click-beside.ts';

/** A modal question. Closes by Escape, by its buttons and by a click beside it; focus returns where it was. */
export function Dialog(props: {
  open: boolean;
  title: string;
  onClose: () => void;
  children: ReactNode;
  actions?: ReactNode;
}) {
  const { open, title, onClose, children, actions } = props;
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const element = dialog.current;
    if (open && element && !element.open) element.showModal();
    if (!open) element?.close();
  }, [open]);
  useEffect(() => {
    const element = dialog.current;
    return element ? onClickBeside(element, () => element.close()) : undefined;
  }, []);

  return (
    <dialog
      ref={dialog}
      aria-labelledby={id}
      onClose={onClose}
      className="w-[min(480px,calc(100vw-32px))] rounded-lg bg-surface p-0 text-ink shadow-lg backdrop:bg-[#00000066]"
    >
      {open && (
        <div className="flex flex-col gap-3 p-5">
          <h2 id={id} className="text-md font-medium">
            {title}
          </h2>
          <div className="text-sm text-muted">{children}</div>
          {actions !== undefined && <div className="mt-2 flex flex-wrap justify-end gap-2">{actions}</div>}
        </div>
      )}
    </dialog>
  );
}

'use client';

import { type ReactNode, useState } from 'react';
import { ActFailure } from '#components/ui/act-failure.tsx';
import type { BoundAction } from '#components/ui/bound-action.ts';
import { Button } from '#components/ui/button.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { useSave } from '#components/ui/use-save.ts';

/** An act that takes something from somebody: asks first, and says what will happen. */
export function ConfirmButton<I, R>(props: {
  label: string;
  /** Tells buttons of one list apart. */
  name?: string;
  question: string;
  words: ReactNode;
  input: I;
  act: BoundAction<I, R>;
  proveAgain: string;
  disabledReason?: string | null;
  /** As large as its neighbours; default small, as in rows of lists. */
  size?: 'sm' | 'md';
  onDone?: (result: R) => void;
}) {
  const [open, setOpen] = useState(false);
  const { save, pending, failure } = useSave(props.act, (result) => {
    setOpen(false);
    props.onDone?.(result);
  });
  return (
    <>
      <Button
        size={props.size ?? 'sm'}
        variant="danger"
        aria-label={props.name === undefined ? undefined : `${props.label}: ${props.name}`}
        disabledReason={props.disabledReason ?? null}
        onClick={() => setOpen(true)}
      >
        {props.label}
      </Button>
      <Dialog
        open={open}
        title={props.question}
        onClose={() => setOpen(false)}
        actions={
          <>
            <Button onClick={() => setOpen(false)}>Cancel</Button>
            <Button variant="danger" pending={pending} onClick={() => save(props.input)}>
              {props.label}
            </Button>
          </>
        }
      >
        {props.words}
        <ActFailure failure={failure} proveAgain={props.proveAgain} />
      </Dialog>
    </>
  );
}

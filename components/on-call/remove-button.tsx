'use client';

import { useRouter } from 'next/navigation';
import { useState } from 'react';
import type { BoundAction } from '#components/ui/bound-action.ts';
import { Button } from '#components/ui/button.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { SaveFailure } from '#components/ui/save-failure.tsx';
import { useSave } from '#components/ui/use-save.ts';

/** Deletes something after asking. */
export function RemoveButton(props: {
  id: string;
  name: string;
  words: string;
  remove: BoundAction<{ id: string }, { id: string }>;
  backTo: string;
}) {
  const router = useRouter();
  const [open, setOpen] = useState(false);
  const { save, pending, failure } = useSave(props.remove, () => {
    setOpen(false);
    // Back must not lead to what is no more.
    router.replace(props.backTo);
  });
  return (
    <>
      <Button variant="danger" onClick={() => setOpen(true)}>
        Delete
      </Button>
      <Dialog
        open={open}
        title={`Delete ${props.name}?`}
        onClose={() => setOpen(false)}
        actions={
          <>
            <Button onClick={() => setOpen(false)}>Keep it</Button>
            <Button variant="danger" pending={pending} onClick={() => save({ id: props.id })}>
              Delete
            </Button>
          </>
        }
      >
        {props.words}
        <SaveFailure failure={failure} />
      </Dialog>
    </>
  );
}

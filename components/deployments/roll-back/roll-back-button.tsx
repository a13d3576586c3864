'use client';

import { Undo2 } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { type ReactNode, useState } from 'react';
import { ActFailure } from '#components/ui/act-failure.tsx';
import type { BoundAction } from '#components/ui/bound-action.ts';
import { Button } from '#components/ui/button.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { useSave } from '#components/ui/use-save.ts';
import type { Ability } from '#lib/model/agent-view.ts';
import { paths } from '#lib/model/paths.ts';
import { BusyWorkload } from '../busy-workload.tsx';

/** What whoever rolls back decides beside that it is done. */
export interface RollBackChoice {
  idempotencyKey: string;
  resume: boolean;
  queue: boolean;
}

interface RollBackButtonProps {
  /** The words of the button. */
  label: string;
  size?: 'sm' | 'md';
  can: Ability;
  title: string;
  /** What will happen, and to what. */
  children: ReactNode;
  /** Names the rollback among all others; each time the question is asked it is another one. */
  name: string;
  /** Answers with the deployment whose page tells how it goes. */
  run: BoundAction<RollBackChoice, { id: string }>;
}

/** Asks whether to roll back, does it, and goes to the page that tells how it goes. */
export function RollBackButton(props: RollBackButtonProps) {
  const { label, size = 'md', can, title, name, run } = props;
  const router = useRouter();
  const [askedAt, setAskedAt] = useState<number | null>(null);
  const [resume, setResume] = useState(false);
  const { save, pending, failure } = useSave(run, ({ id }) => router.push(paths.deployment(id)));
  const busy = failure?.issues.find(({ path }) => path === 'queue');
  const confirm = (queue: boolean) =>
    save({ idempotencyKey: `${name}:${askedAt}${queue ? ':queued' : ''}`, resume, queue });
  return (
    <>
      <Button
        size={size}
        icon={Undo2}
        disabledReason={can.allowed ? null : can.reason}
        onClick={() => setAskedAt(Date.now())}
      >
        {label}
      </Button>
      <Dialog
        open={askedAt !== null}
        title={title}
        onClose={() => setAskedAt(null)}
        actions={
          <>
            <Button onClick={() => setAskedAt(null)}>Cancel</Button>
            <Button variant="danger" pending={pending} onClick={() => confirm(false)}>
              Roll back
            </Button>
          </>
        }
      >
        <div className="flex flex-col gap-3">
          {props.children}
          <p>
            Replicas, ConfigMaps and Secrets stay as they are. It needs no approval, and freezes do not stop
            it.
          </p>
          <label className="touch flex items-center gap-2">
            <input type="checkbox" checked={resume} onChange={(event) => setResume(event.target.checked)} />
            Resume the workload first if it is paused
          </label>
          {busy ? (
            <BusyWorkload message={busy.message} pending={pending} queue={() => confirm(true)}>
              The rollback can wait its turn.
            </BusyWorkload>
          ) : (
            <ActFailure failure={failure} />
          )}
        </div>
      </Dialog>
    </>
  );
}

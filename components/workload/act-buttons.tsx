'use client';

import { CirclePause, CirclePlay, RotateCw, Scaling } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { ActFailure } from '#components/ui/act-failure.tsx';
import { Button } from '#components/ui/button.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { TextField } from '#components/ui/field.tsx';
import type { WorkloadView } from '#lib/model/workload.ts';
import { useAct, type WorkloadActs } from './act-on.ts';

interface AskProps {
  title: string;
  button: string;
  view: WorkloadView;
  onClose: () => void;
  onDo: () => void;
  pending: boolean;
  failure: ReturnType<typeof useAct>['failure'];
  children: ReactNode;
}

/** Names what will happen and to what, and who would take it back. */
function Ask({ title, button, view, onClose, onDo, pending, failure, children }: AskProps) {
  return (
    <Dialog
      open
      title={title}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" pending={pending} onClick={onDo}>
            {button}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        {children}
        {view.revertWarning !== null && (
          <p className="text-warning-text wrap-anywhere">{view.revertWarning}</p>
        )}
        <ActFailure failure={failure} />
      </div>
    </Dialog>
  );
}

interface DialogProps {
  view: WorkloadView;
  acts: WorkloadActs;
  onClose: () => void;
  onDone: () => void;
}

function RestartDialog({ view, acts, onClose, onDone }: DialogProps) {
  const { run, ...state } = useAct(acts.restart, onDone);
  const act = {
    title: `Restart ${view.name}?`,
    button: 'Restart',
    onDo: () => run({ agentId: view.agentId }),
  };
  return (
    <Ask {...act} {...state} view={view} onClose={onClose}>
      Its pods are replaced one after the other, with the same version.
    </Ask>
  );
}

function PauseDialog({ view, acts, onClose, onDone }: DialogProps) {
  const { isPaused, agentId, name } = view;
  const { run, ...state } = useAct(isPaused ? acts.resume : acts.pause, onDone);
  const word = isPaused ? 'Resume' : 'Pause';
  const act = { title: `${word} ${name}?`, button: word, onDo: () => run({ agentId }) };
  return (
    <Ask {...act} {...state} view={view} onClose={onClose}>
      {isPaused
        ? 'What has changed about it meanwhile is rolled out.'
        : 'Its pods go on. What changes about it is not rolled out before it is resumed.'}
    </Ask>
  );
}

function ScaleDialog({ view, acts, onClose, onDone }: DialogProps) {
  const { run, ...state } = useAct(acts.scale, onDone);
  const { desired } = view.replicas;
  const [typed, setTyped] = useState(String(desired));
  const isNumber = /^\d{1,4}$/.test(typed.trim());
  const [autoscaler] = view.autoscalers;
  const onDo = () => {
    if (isNumber) run({ agentId: view.agentId, replicas: Number(typed) });
  };
  return (
    <Ask {...{ title: `Scale ${view.name}`, button: 'Scale', onDo }} {...state} view={view} onClose={onClose}>
      <TextField
        label="Pods"
        inputMode="numeric"
        value={typed}
        onChange={({ currentTarget }) => setTyped(currentTarget.value)}
        error={isNumber ? null : 'Write a whole number.'}
        hint={`Now ${desired}. 0 stops it.`}
      />
      {autoscaler && (
        <p className="text-warning-text wrap-anywhere">
          The autoscaler {autoscaler.name} keeps it between {autoscaler.minReplicas} and{' '}
          {autoscaler.maxReplicas} pods: change those limits instead. It rests while there are no pods.
        </p>
      )}
    </Ask>
  );
}

const DIALOGS = { restart: RestartDialog, scale: ScaleDialog, pause: PauseDialog };

/** What can be done to a workload now; what can't stays in sight and says why. */
export function ActButtons({
  view,
  acts,
  refresh,
}: Pick<DialogProps, 'view' | 'acts'> & { refresh: () => void }) {
  const [asked, setAsked] = useState<keyof typeof DIALOGS | null>(null);
  const { can, isPaused } = view;
  const reasonOf = (ability: WorkloadView['can']['restart']) => (ability.allowed ? null : ability.reason);
  const AskedDialog = asked && DIALOGS[asked];
  const close = () => setAsked(null);
  const onDone = () => {
    close();
    refresh();
  };
  return (
    <>
      <Button icon={RotateCw} disabledReason={reasonOf(can.restart)} onClick={() => setAsked('restart')}>
        Restart
      </Button>
      <Button icon={Scaling} disabledReason={reasonOf(can.scale)} onClick={() => setAsked('scale')}>
        Scale
      </Button>
      <Button
        icon={isPaused ? CirclePlay : CirclePause}
        disabledReason={reasonOf(isPaused ? can.resume : can.pause)}
        onClick={() => setAsked('pause')}
      >
        {isPaused ? 'Resume' : 'Pause'}
      </Button>
      {AskedDialog && <AskedDialog view={view} acts={acts} onClose={close} onDone={onDone} />}
    </>
  );
}

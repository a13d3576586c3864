'use client';

import { Ban, Check, type LucideIcon, Pause, Play, Undo2, X } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import type { ButtonVariant } from '#components/ui/button-class.ts';
import { toast } from '#components/ui/toast.tsx';
import { useSave } from '#components/ui/use-save.ts';
import type { DeploymentDetail } from '#lib/model/deployment.ts';
import { paths } from '#lib/model/paths.ts';
import type { Changed, DeploymentActions } from './actions.ts';
import { CancelDialog } from './cancel-dialog.tsx';
import { DecisionDialog } from './decision-dialog.tsx';
import { ForceDialog } from './force-dialog.tsx';
import { type ActName, offeredActs } from './offered-acts.ts';
import { type Restorable, RollBackDialog } from './roll-back-dialog.tsx';

interface ActsProps {
  deployment: DeploymentDetail;
  actions: DeploymentActions;
  restorable: readonly Restorable[];
  /** Why this person may not roll back at all; null where they may. */
  rollBackRefusal: string | null;
  /** Takes what an act answered about this deployment. */
  tell: (changed: Changed) => void;
}

const LOOKS: Record<ActName, { label: string; icon: LucideIcon; variant?: ButtonVariant }> = {
  approve: { label: 'Approve', icon: Check, variant: 'primary' },
  reject: { label: 'Reject', icon: X },
  passGate: { label: 'Let through', icon: Check },
  pause: { label: 'Pause', icon: Pause },
  resume: { label: 'Resume', icon: Play, variant: 'primary' },
  rollBack: { label: 'Roll back', icon: Undo2, variant: 'danger' },
  cancelAndRollBack: { label: 'Roll back', icon: Undo2, variant: 'danger' },
  rollBackTarget: { label: 'Resume and roll back', icon: Undo2, variant: 'danger' },
  force: { label: 'Take fields over', icon: Check, variant: 'danger' },
  cancel: { label: 'Cancel', icon: Ban },
};

/** What can be done with a deployment, and why not; on phones a bar within reach of the thumb. */
export function Acts(props: ActsProps) {
  const { deployment, actions, rollBackRefusal, tell } = props;
  const [asked, setAsked] = useState<ActName | null>(null);
  const pause = useSave(actions.pause, tell);
  const resume = useSave(actions.resume, tell);
  const offered = offeredActs(deployment, rollBackRefusal);
  if (offered.length === 0) return null;
  const begin = (name: ActName) => {
    if (name === 'pause') pause.save({ id: deployment.id });
    else if (name === 'resume') resume.save({ id: deployment.id });
    else setAsked(name);
  };
  const reasons = new Set(offered.flatMap(({ refusal }) => (refusal === null ? [] : [refusal])));
  const failure = pause.failure ?? resume.failure;
  return (
    <>
      <div
        role="toolbar"
        aria-label="Acts"
        className="flex flex-wrap items-center gap-2 max-md:sticky max-md:bottom-[calc(64px+env(safe-area-inset-bottom))] max-md:z-20 max-md:order-last max-md:rounded-lg max-md:bg-surface max-md:p-2 max-md:shadow-lg"
      >
        {offered.map(({ name, refusal }) => (
          <Button
            key={name}
            icon={LOOKS[name].icon}
            variant={LOOKS[name].variant ?? 'secondary'}
            disabledReason={refusal}
            pending={(name === 'pause' && pause.pending) || (name === 'resume' && resume.pending)}
            className="max-md:flex-1"
            onClick={() => begin(name)}
          >
            {LOOKS[name].label}
          </Button>
        ))}
        {/* A finger hovers over nothing: what the buttons say to a mouse stands beside them. */}
        {[...reasons].map((reason) => (
          <p key={reason} className="w-full text-xs text-muted md:hidden">
            {reason}
          </p>
        ))}
        {failure !== null && (
          <p role="alert" className="w-full text-sm text-critical-text">
            {failure.message}
          </p>
        )}
      </div>
      <Asked {...props} asked={asked} close={() => setAsked(null)} />
    </>
  );
}

/** The question that an act asks before it is done. */
function Asked(props: ActsProps & { asked: ActName | null; close: () => void }) {
  const { asked, close, deployment, actions, restorable, rollBackRefusal, tell } = props;
  const router = useRouter();
  const dialog = { deployment, onClose: close, onDone: tell };
  /** An act that made a deployment of its own leads there. */
  const follow = (text: string) => (made: Changed) => {
    toast({ tone: 'ok', text });
    router.push(paths.deployment(made.id));
  };
  const { target } = deployment;
  switch (asked) {
    case 'approve':
    case 'reject':
    case 'passGate': {
      const { approve, reject, passGate } = actions;
      return <DecisionDialog {...dialog} decision={asked} {...{ approve, reject, passGate }} />;
    }
    case 'cancel':
      return <CancelDialog {...dialog} cancel={actions.cancel} rollBackRefusal={rollBackRefusal} />;
    case 'cancelAndRollBack':
      return (
        <CancelDialog
          {...dialog}
          cancel={actions.cancel}
          rollBackRefusal={rollBackRefusal}
          chosen="roll_back"
        />
      );
    case 'force':
      return (
        <ForceDialog
          {...dialog}
          force={actions.force}
          onDone={follow('It is deployed again. This page follows it.')}
        />
      );
    case 'rollBack':
    case 'rollBackTarget': {
      const isTarget = asked === 'rollBackTarget' && target !== null;
      return (
        <RollBackDialog
          of={
            isTarget
              ? { ...target, before: deployment.version }
              : {
                  id: deployment.id,
                  version: deployment.version,
                  before: deployment.replaces?.version ?? null,
                }
          }
          agentName={deployment.agent.name}
          restorable={restorable}
          isPaused={isTarget || deployment.isLeftPaused}
          rollBack={actions.rollBack}
          onClose={close}
          onDone={follow('The rollback has begun. This page follows it.')}
        />
      );
    }
    default:
      return null;
  }
}

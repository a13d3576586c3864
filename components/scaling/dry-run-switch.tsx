'use client';

import { useState } from 'react';
import { ActFailure } from '#components/ui/act-failure.tsx';
import { Button } from '#components/ui/button.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { Switch } from '#components/ui/switch.tsx';
import { useSave } from '#components/ui/use-save.ts';
import type { ScalingPolicy } from '#lib/model/scaling.ts';
import type { ScalingActions } from './policy-form.tsx';
import { ruleWords } from './words.ts';

/** Lets a policy act, after somebody confirmed what that means; back to recommending it goes at once. */
export function DryRunSwitch(props: { policy: ScalingPolicy; update: ScalingActions['update'] | null }) {
  const { policy, update } = props;
  const [isAsking, setAsking] = useState(false);
  const { save, pending, failure } = useSave(
    async (isDryRun: boolean) =>
      update ? update({ id: policy.id, isDryRun }) : ({ ok: true, data: null } as const),
    () => setAsking(false),
  );
  const disabledReason = update ? null : 'Only who may decide how agents are deployed can change this.';
  const { state } = policy;
  const where = state?.workload ?? policy.workload;
  return (
    <>
      <span className="inline-flex items-center gap-2 text-sm">
        Scale by itself
        <Switch
          label="Scale by itself"
          checked={!policy.isDryRun}
          disabledReason={disabledReason}
          onChange={(acts) => (acts ? setAsking(true) : save(true))}
        />
      </span>
      {!isAsking && <ActFailure failure={failure} />}
      <Dialog
        open={isAsking}
        title={`Let Pitwall scale ${policy.agent.name}?`}
        onClose={() => setAsking(false)}
        actions={
          <>
            <Button onClick={() => setAsking(false)}>Keep the dry run</Button>
            <Button variant="primary" pending={pending} onClick={() => save(false)}>
              Scale by itself
            </Button>
          </>
        }
      >
        <p>
          From the next look on, Pitwall changes the replicas of{' '}
          {where
            ? `${where.namespace}/${where.name} in ${where.clusterName}`
            : 'the workload that the agent was last deployed to'}
          : {ruleWords(policy.rule)}
        </p>
        {state?.outcome === 'change' && (
          <p className="mt-2">
            Now {state.from} {state.from === 1 ? 'runs' : 'run'}, and {state.to}{' '}
            {state.to === 1 ? 'is' : 'are'} asked for.
          </p>
        )}
        <ActFailure failure={failure} />
      </Dialog>
    </>
  );
}

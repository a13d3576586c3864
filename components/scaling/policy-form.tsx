'use client';

import { type FormEvent, useState } from 'react';
import { ActFailure } from '#components/ui/act-failure.tsx';
import type { BoundAction } from '#components/ui/bound-action.ts';
import { Button } from '#components/ui/button.tsx';
import { Card, CardHeader } from '#components/ui/card.tsx';
import { TextField } from '#components/ui/field.tsx';
import { useSave } from '#components/ui/use-save.ts';
import type { ScalingPolicy, ScalingRule, ScalingWorkload } from '#lib/model/scaling.ts';
import { draftOf, isReadable, ruleOf, type ScalingDraft, workloadOf } from './form-values.ts';
import { LoadFields } from './load-fields.tsx';
import { PreviewPanel } from './preview-panel.tsx';
import type { PreviewScaling } from './use-scaling-preview.ts';
import { type NamedCluster, WorkloadFields } from './workload-fields.tsx';

type Given = ScalingRule & { workload: ScalingWorkload | null };

export interface ScalingActions {
  create: BoundAction<Given & { agentId: string }, unknown>;
  update: BoundAction<Partial<Given> & { id: string; isDryRun?: boolean }, unknown>;
  remove: BoundAction<{ id: string }, unknown>;
  preview: PreviewScaling;
}

interface PolicyFormProps {
  agent: { id: string; name: string };
  policy: ScalingPolicy | null;
  clusters: readonly NamedCluster[];
  actions: ScalingActions;
  onClose: (() => void) | null;
}

const PACE = [
  ['windowSeconds', 'Measured over, seconds'],
  ['upCooldownSeconds', 'From a change to the next raise, seconds'],
  ['downCooldownSeconds', 'From a change to the next lowering, seconds'],
  ['upStabilisationSeconds', 'Asked for throughout before a raise, seconds'],
  ['downStabilisationSeconds', 'Asked for throughout before a lowering, seconds'],
  ['maxStepUp', 'Added at once at most'],
  ['maxStepDown', 'Taken away at once at most'],
] as const;

/** A new policy, or one that is changed, beside what it would have done in the last hour. */
export function PolicyForm({ agent, policy, clusters, actions, onClose }: PolicyFormProps) {
  const [draft, setDraft] = useState(() => draftOf(policy));
  const set = (part: Partial<ScalingDraft>) => setDraft((before) => ({ ...before, ...part }));
  const rule = ruleOf(draft);
  const given = { ...rule, workload: workloadOf(draft) };
  const { save, pending, failure } = useSave(
    () =>
      policy ? actions.update({ id: policy.id, ...given }) : actions.create({ agentId: agent.id, ...given }),
    () => onClose?.(),
  );
  const errors = new Map(failure?.issues.map(({ path, message }) => [path, message]));
  const number = (name: Exclude<keyof ScalingDraft, 'by' | 'reports'>, label: string, hint?: string) => (
    <TextField
      key={name}
      label={label}
      name={name}
      inputMode="decimal"
      autoComplete="off"
      value={draft[name]}
      onChange={({ currentTarget }) => set({ [name]: currentTarget.value })}
      hint={hint}
      error={errors.get(name)}
    />
  );
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    save(undefined);
  };
  return (
    <div className="grid items-start gap-3 lg:grid-cols-[minmax(0,3fr)_minmax(280px,2fr)]">
      <Card label="Policy">
        <CardHeader title={policy ? 'Change the policy' : 'Scale by'} />
        <form noValidate onSubmit={onSubmit} className="flex flex-col gap-4 px-4 pt-1 pb-4">
          <div className="grid gap-4 sm:grid-cols-2">
            <LoadFields draft={draft} errors={errors} set={set} />
            {number('minReplicas', 'Replicas at least')}
            {number('maxReplicas', 'Replicas at most')}
            {number(
              'costPerHour',
              'Budget, US dollars an hour',
              draft.by === 'budget'
                ? 'Above it replicas are taken away.'
                : 'Empty: no limit. It limits what the load asks for.',
            )}
          </div>
          <WorkloadFields draft={draft} clusters={clusters} errors={errors} set={set} />
          <details>
            <summary className="touch cursor-pointer text-sm font-medium">Pace</summary>
            <div className="mt-3 grid gap-4 sm:grid-cols-2">
              {PACE.map(([name, label]) => number(name, label))}
            </div>
          </details>
          <ActFailure failure={failure} fields />
          {failure && failure.issues.length > 0 && (
            <p role="alert" className="text-sm text-critical-text">
              Some values are not valid. What you typed is kept.
            </p>
          )}
          <div className="flex flex-wrap justify-end gap-2">
            {onClose && <Button onClick={onClose}>Cancel</Button>}
            <Button type="submit" variant="primary" pending={pending}>
              {policy ? 'Save policy' : 'Begin with a dry run'}
            </Button>
          </div>
        </form>
      </Card>
      <PreviewPanel agentId={agent.id} rule={isReadable(rule) ? rule : null} ask={actions.preview} />
    </div>
  );
}

'use client';

import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { useTeamEvents } from '#components/live/hooks.ts';
import { ActFailure } from '#components/ui/act-failure.tsx';
import { Ago } from '#components/ui/ago.tsx';
import { Button } from '#components/ui/button.tsx';
import { Card, CardHeader } from '#components/ui/card.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { StateMessage } from '#components/ui/states.tsx';
import { Badge } from '#components/ui/status.tsx';
import { useSave } from '#components/ui/use-save.ts';
import type { ScalingDecision, ScalingPolicy } from '#lib/model/scaling.ts';
import { DecisionList } from './decision-list.tsx';
import { DryRunSwitch } from './dry-run-switch.tsx';
import { PolicyForm, type ScalingActions } from './policy-form.tsx';
import { ruleWords, verdictWords } from './words.ts';
import type { NamedCluster } from './workload-fields.tsx';

interface ScalingViewProps {
  agent: { id: string; name: string };
  policy: ScalingPolicy | null;
  decisions: readonly ScalingDecision[];
  clusters: readonly NamedCluster[];
  /** Null for people who may only look. */
  actions: ScalingActions | null;
  renderedAtMs: number;
}

/** How many replicas an agent's load asks for: the conclusion, the policy, what was decided and why. */
export function ScalingView({ agent, policy, decisions, clusters, actions, renderedAtMs }: ScalingViewProps) {
  const router = useRouter();
  const [isEditing, setEditing] = useState(false);
  useTeamEvents((event) => {
    const concerns = event.type === 'scaling.changed' && event.agentId === agent.id;
    if (concerns || event.type === 'resync') router.refresh();
  });
  const form = (onClose: (() => void) | null) =>
    actions && (
      <PolicyForm agent={agent} policy={policy} clusters={clusters} actions={actions} onClose={onClose} />
    );
  if (!policy)
    return (
      <div className="flex flex-col gap-3">
        {actions ? (
          <p className="text-sm text-muted">
            {agent.name} has no scaling policy. One tells how many replicas its load asks for; at first it
            only recommends and touches nothing.
          </p>
        ) : (
          <StateMessage kind="empty" title="No scaling policy">
            Nobody has said how {agent.name} is to be scaled. Who may decide how agents are deployed can do so
            here.
          </StateMessage>
        )}
        {form(null)}
      </div>
    );
  return (
    <div className="flex flex-col gap-3">
      <PolicyCard
        policy={policy}
        actions={actions}
        onEdit={isEditing ? null : () => setEditing(true)}
        renderedAtMs={renderedAtMs}
      />
      {isEditing && form(() => setEditing(false))}
      <DecisionList decisions={decisions} renderedAtMs={renderedAtMs} />
    </div>
  );
}

interface PolicyCardProps {
  policy: ScalingPolicy;
  actions: ScalingActions | null;
  onEdit: (() => void) | null;
  renderedAtMs: number;
}

function PolicyCard({ policy, actions, onEdit, renderedAtMs }: PolicyCardProps) {
  const { state, isDryRun, rule, lastScaledAt } = policy;
  const workload = state?.workload ?? policy.workload;
  return (
    <Card label="Scaling">
      <CardHeader title={verdictWords(policy)}>
        {isDryRun ? <Badge tone="progress">Dry run</Badge> : <Badge tone="ok">Acts</Badge>}
      </CardHeader>
      <div className="flex flex-col gap-3 px-4 pb-4 text-sm">
        {state && (
          <p className="wrap-anywhere">
            {state.words}{' '}
            <span className="text-xs text-muted">
              looked at <Ago atMs={state.at} renderedAtMs={renderedAtMs} />
            </span>
          </p>
        )}
        <dl className="grid gap-x-6 gap-y-1 text-sm sm:grid-cols-[max-content_minmax(0,1fr)]">
          <Fact term="Policy">{ruleWords(rule)}</Fact>
          <Fact term="Workload">
            {workload
              ? `${workload.namespace}/${workload.name} in ${workload.clusterName}`
              : 'where the agent was last deployed to'}
          </Fact>
          <Fact term="Last scaled">
            <Ago atMs={lastScaledAt} renderedAtMs={renderedAtMs} />
          </Fact>
        </dl>
        <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
          <DryRunSwitch policy={policy} update={actions?.update ?? null} />
          {actions && onEdit && (
            <Button size="sm" onClick={onEdit}>
              Change the policy
            </Button>
          )}
          {actions && <RemoveButton policy={policy} remove={actions.remove} />}
        </div>
      </div>
    </Card>
  );
}

function Fact({ term, children }: { term: string; children: React.ReactNode }) {
  return (
    <>
      <dt className="text-muted">{term}</dt>
      <dd className="mb-1 wrap-anywhere sm:mb-0">{children}</dd>
    </>
  );
}

function RemoveButton({ policy, remove }: { policy: ScalingPolicy; remove: ScalingActions['remove'] }) {
  const [isAsking, setAsking] = useState(false);
  const { save, pending, failure } = useSave(remove, () => setAsking(false));
  return (
    <>
      <Button size="sm" variant="danger" onClick={() => setAsking(true)}>
        Remove the policy
      </Button>
      <Dialog
        open={isAsking}
        title={`Remove the scaling policy of ${policy.agent.name}?`}
        onClose={() => setAsking(false)}
        actions={
          <>
            <Button onClick={() => setAsking(false)}>Keep it</Button>
            <Button variant="danger" pending={pending} onClick={() => save({ id: policy.id })}>
              Remove it
            </Button>
          </>
        }
      >
        The workload keeps the replicas that it has. The decisions listed here go with the policy; the audit
        log keeps them.
        <ActFailure failure={failure} />
      </Dialog>
    </>
  );
}

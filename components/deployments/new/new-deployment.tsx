'use client';

import { useRouter } from 'next/navigation';
import { type FormEvent, useRef, useState, useTransition } from 'react';
import type { BoundAction } from '#components/ui/bound-action.ts';
import { Button, ButtonLink } from '#components/ui/button.tsx';
import { useNow } from '#components/ui/use-now.ts';
import type { DeploymentStart } from '#lib/model/deployment-view.ts';
import { paths } from '#lib/model/paths.ts';
import { losses } from './change-words.ts';
import { ConfirmCard, type NewDeploymentInput } from './confirm-card.tsx';
import {
  type ClusterChoice,
  EMPTY_DRAFT,
  fillIn,
  missingFrom,
  type PlanDraft,
  type PlanInput,
  planOf,
} from './plan-draft.ts';
import { type AgentChoice, PlanFields } from './plan-fields.tsx';
import { PreviewCard } from './preview-card.tsx';
import { type PreviewActions, type PreviewState, usePlanPreview } from './use-plan-preview.ts';

interface NewDeploymentProps {
  agents: readonly AgentChoice[];
  /** The chosen agent; null before one is. */
  chosen: { id: string; start: DeploymentStart } | null;
  clusters: readonly ClusterChoice[];
  repositories: readonly { id: string; fullName: string }[];
  actions: PreviewActions & { create: BoundAction<NewDeploymentInput, { id: string }> };
  renderedAtMs: number;
}

/** Choose, see what it would change, confirm. What is typed stays whatever is refused. */
export function NewDeployment(props: NewDeploymentProps) {
  const { agents, chosen, clusters, repositories, actions } = props;
  const router = useRouter();
  const { draft, set } = useDraft(chosen, clusters);
  const [missing, setMissing] = useState<ReadonlyMap<string, string>>(new Map());
  const { state, ask } = usePlanPreview(actions);
  const [choosing, startChoosing] = useTransition();
  const agentId = chosen?.id ?? '';
  const plan = planOf(agentId, draft);
  const answer = useRef<HTMLDivElement>(null);
  const preview = () => {
    const found = missingFrom(draft);
    if (chosen === null) found.set('agentId', 'Choose an agent.');
    setMissing(found);
    if (found.size > 0) return;
    void ask(plan);
    // On a phone it stands below the form.
    if ((answer.current?.getBoundingClientRect().top ?? 0) > window.innerHeight / 2)
      answer.current?.scrollIntoView({ block: 'start' });
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    preview();
  };
  const refusal = state.kind === 'refused' ? state.failure : null;
  const refused = refusal?.issues.map(({ path, message }) => [path, message] as const) ?? [];
  const errors = new Map([...refused, ...missing]);
  return (
    <div className="grid items-start gap-3 lg:grid-cols-[minmax(0,400px)_minmax(0,1fr)]">
      <form onSubmit={submit} noValidate className="flex min-w-0 flex-col gap-3" aria-busy={choosing}>
        <PlanFields
          agents={agents}
          agentId={agentId}
          onAgent={(agent) => startChoosing(() => router.replace(paths.newDeployment({ agent })))}
          clusters={clusters}
          repositories={repositories}
          last={chosen?.start.last ?? null}
          draft={draft}
          set={set}
          errors={errors}
        />
        {refusal !== null && (
          <p role="alert" className="text-sm text-critical-text wrap-anywhere">
            {refusal.issues.length > 0 ? 'Some fields are not right yet.' : refusal.message}
          </p>
        )}
        <div className="flex justify-end gap-2">
          <ButtonLink href={paths.deployments()}>Cancel</ButtonLink>
          <Button
            type="submit"
            variant={state.kind === 'answered' ? 'secondary' : 'primary'}
            pending={state.kind === 'asking' || choosing}
          >
            Preview
          </Button>
        </div>
      </form>
      <div ref={answer} className="min-w-0 scroll-mt-16">
        <Confirming {...props} plan={plan} state={state} again={preview} />
      </div>
    </div>
  );
}

/** What is typed, filled in anew for each agent that is chosen. */
function useDraft(chosen: NewDeploymentProps['chosen'], clusters: readonly ClusterChoice[]) {
  const [typed, setTyped] = useState<ReadonlySet<keyof PlanDraft>>(new Set());
  const filled = () => fillIn(EMPTY_DRAFT, typed, chosen?.start.last ?? null, clusters);
  const [draft, setDraft] = useState(filled);
  const [filledFor, setFilledFor] = useState(chosen?.id);
  if (filledFor !== chosen?.id) {
    setFilledFor(chosen?.id);
    setDraft(fillIn(draft, typed, chosen?.start.last ?? null, clusters));
  }
  const set = (part: Partial<PlanDraft>) => {
    setDraft((before) => ({ ...before, ...part }));
    setTyped((before) => new Set([...before, ...(Object.keys(part) as (keyof PlanDraft)[])]));
  };
  return { draft, set };
}

type ConfirmingProps = NewDeploymentProps & { plan: PlanInput; state: PreviewState; again: () => void };

/** Why a preview no longer counts: it is of something else, or too old. */
function outdatedWords(state: PreviewState, plan: PlanInput, now: number): string | null {
  if (state.kind !== 'answered') return null;
  if (state.plan !== JSON.stringify(plan)) return 'The preview is of what stood in the form before.';
  return state.preview.expiresAt <= now ? 'The preview is out of date.' : null;
}

/** The preview, and the confirmation of that one: another preview is confirmed anew. */
function Confirming(props: ConfirmingProps) {
  const { chosen, plan, state, again, actions, renderedAtMs } = props;
  const now = useNow(renderedAtMs);
  const [named, setNamed] = useState<{ of: string; losing: string[] }>({ of: '', losing: [] });
  const [autoRollback, setAutoRollback] = useState<boolean | null>(null);
  const ready = state.kind === 'answered' && state.preview.status === 'ready' ? state.preview : null;
  const losing = ready !== null && named.of === ready.id ? named.losing : [];
  const outdated = outdatedWords(state, plan, now);
  const allNamed = ready === null || losses(ready.conflicts).every(([manager]) => losing.includes(manager));
  const reason =
    (outdated === null ? null : 'Preview it again first.') ??
    (allNamed ? null : 'Say first who loses fields.') ??
    (chosen?.start.freeze ? `The freeze ${chosen.start.freeze.name} holds.` : null);
  const isBack = autoRollback ?? chosen?.start.policy.autoRollback ?? true;
  return (
    <div className="flex min-w-0 flex-col gap-3">
      <PreviewCard
        state={state}
        version={plan.version}
        workload={`${plan.namespace}/${plan.workload}`}
        outdated={outdated}
        again={again}
        losing={losing}
        onLosing={(managers) => ready && setNamed({ of: ready.id, losing: managers })}
      />
      {ready !== null && chosen !== null && (
        <ConfirmCard
          key={ready.id}
          start={chosen.start}
          active={ready.active}
          asked={{ ...plan, previewId: ready.id, autoRollback: isBack, forceManagers: losing }}
          onAutoRollback={setAutoRollback}
          reason={reason}
          create={actions.create}
          again={again}
        />
      )}
    </div>
  );
}

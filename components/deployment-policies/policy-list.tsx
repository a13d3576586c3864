'use client';

import { clsx } from 'clsx';
import { Pencil } from 'lucide-react';
import { useState } from 'react';
import { Ago } from '#components/ui/ago.tsx';
import type { BoundAction } from '#components/ui/bound-action.ts';
import { Button, ButtonLink } from '#components/ui/button.tsx';
import { Card, CardHeader } from '#components/ui/card.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { SaveFailure } from '#components/ui/save-failure.tsx';
import { Badge } from '#components/ui/status.tsx';
import { useSave } from '#components/ui/use-save.ts';
import { EVERY_ENVIRONMENT } from '#lib/model/deployment.ts';
import type { ApproverView, DeploymentPolicyView, EffectivePolicy } from '#lib/model/deployment-policy.ts';
import { paths } from '#lib/model/paths.ts';
import { approverTrouble, FROM_WORDS, policyWords } from './policy-words.ts';

type Remove = BoundAction<{ id: string }, { id: string }>;

interface PolicyListProps {
  /** What counts where; first what counts in every environment without a policy of its own. */
  policies: readonly EffectivePolicy[];
  mayApprove: readonly ApproverView[];
  /** Null for people who may only look. */
  remove: Remove | null;
  renderedAtMs: number;
}

/** What counts in each environment, where that is decided, and who decided it. */
export function PolicyList({ policies, mayApprove, remove, renderedAtMs }: PolicyListProps) {
  const [asked, setAsked] = useState<DeploymentPolicyView | null>(null);
  return (
    <Card label="What counts where">
      <CardHeader title="What counts where" hint="for deployments that are asked for from now on" />
      <ul>
        {policies.map((each) => (
          <PolicyLine
            key={each.environment}
            effective={each}
            mayApprove={mayApprove}
            isAlone={policies.length === 1}
            onRemove={remove && (() => setAsked(each.decided))}
            renderedAtMs={renderedAtMs}
          />
        ))}
      </ul>
      {remove && asked && <RemoveDialog policy={asked} remove={remove} onClose={() => setAsked(null)} />}
    </Card>
  );
}

function nameOf(environment: string, isAlone: boolean): string {
  if (environment !== EVERY_ENVIRONMENT) return environment;
  return isAlone ? 'Every environment' : 'Every other environment';
}

function PolicyLine(props: {
  effective: EffectivePolicy;
  mayApprove: readonly ApproverView[];
  isAlone: boolean;
  onRemove: (() => void) | null;
  renderedAtMs: number;
}) {
  const { effective, mayApprove, isAlone, onRemove, renderedAtMs } = props;
  const { environment, from, policy, decided } = effective;
  const trouble = approverTrouble(policy, mayApprove);
  const name = nameOf(environment, isAlone);
  return (
    <li className="flex flex-wrap items-start gap-x-4 gap-y-2 border-t border-line px-4 py-2.5 text-sm">
      <div className="flex min-w-0 flex-1 basis-72 flex-col gap-1">
        <span className="flex flex-wrap items-center gap-2">
          <span className="font-medium wrap-anywhere">{name}</span>
          {from === 'own' && environment !== EVERY_ENVIRONMENT && <Badge>Own policy</Badge>}
        </span>
        <p className={clsx('wrap-anywhere', from !== 'own' && 'text-muted')}>
          {policyWords(policy, decided?.approvers ?? [])}
        </p>
        {trouble && from !== 'every' && (
          <p className={trouble.tone === 'critical' ? 'text-critical-text' : 'text-warning-text'}>
            {trouble.words}
          </p>
        )}
      </div>
      <p className="basis-full text-xs text-muted sm:basis-52">
        {from === 'own' && decided ? (
          <>
            Changed by {decided.updatedBy || 'somebody who is gone'}{' '}
            <Ago atMs={decided.updatedAt} renderedAtMs={renderedAtMs} />
          </>
        ) : (
          FROM_WORDS[from]
        )}
      </p>
      {onRemove && (
        <div className="flex gap-2 sm:w-36 sm:justify-end">
          <ButtonLink size="sm" href={paths.editDeploymentPolicy(environment)} icon={Pencil}>
            {from === 'own' ? 'Edit' : 'Decide'}
          </ButtonLink>
          {from === 'own' && (
            <Button size="sm" variant="danger" onClick={onRemove} aria-label={`Remove the policy of ${name}`}>
              Remove
            </Button>
          )}
        </div>
      )}
    </li>
  );
}

function RemoveDialog(props: { policy: DeploymentPolicyView; remove: Remove; onClose: () => void }) {
  const { policy, remove, onClose } = props;
  const { save, pending, failure } = useSave(remove, onClose);
  const isEvery = policy.environment === EVERY_ENVIRONMENT;
  return (
    <Dialog
      open
      title={`Remove the policy of ${isEvery ? 'every other environment' : policy.environment}?`}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Keep it</Button>
          <Button variant="danger" pending={pending} onClick={() => save({ id: policy.id })}>
            Remove it
          </Button>
        </>
      }
    >
      {isEvery
        ? 'Environments without a policy of their own then need no approval, and what fails is rolled back by itself.'
        : 'What counts for every other environment then counts there too.'}{' '}
      Deployments that were asked for before keep what counted then.
      <SaveFailure failure={failure} />
    </Dialog>
  );
}

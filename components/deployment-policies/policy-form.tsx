'use client';

import { useRouter } from 'next/navigation';
import { type FormEvent, useId, useState } from 'react';
import type { BoundAction } from '#components/ui/bound-action.ts';
import { Card, CardHeader } from '#components/ui/card.tsx';
import { errorsBelow } from '#components/ui/errors-below.ts';
import { SelectField, TextField } from '#components/ui/field.tsx';
import { FormActions } from '#components/ui/form-actions.tsx';
import { SaveFailure } from '#components/ui/save-failure.tsx';
import { useSave } from '#components/ui/use-save.ts';
import type { DeploymentPolicy } from '#lib/model/deployment.ts';
import type { ApproverView } from '#lib/model/deployment-policy.ts';
import { paths } from '#lib/model/paths.ts';
import { readSpan, writeSpan } from '#lib/model/span.ts';
import { ApproverFields } from './approver-fields.tsx';
import { gateDraft, readGate } from './gate-draft.ts';
import { GateFields } from './gate-fields.tsx';
import { approverTrouble, policyWords } from './policy-words.ts';

export type SetPolicy = BoundAction<DeploymentPolicy & { ifUpdatedAt: number | null }, unknown>;

interface PolicyFormProps {
  /** What the form starts with; an empty environment is asked for. */
  start: DeploymentPolicy;
  /** When the policy was changed last, as it is shown; null: it is a new one. */
  updatedAt: number | null;
  /** Environments that are known and have no policy of their own. */
  environments: readonly string[];
  mayApprove: readonly ApproverView[];
  /** What gates may ask of servers of metrics, as `source / template`. */
  questions: readonly string[];
  save: SetPolicy;
}

/** Most approvals that a policy asks for. */
const MOST_APPROVALS = 10;
const APPROVALS = Array.from({ length: MOST_APPROVALS + 1 }, (_, count) => count);

function approvalsWords(count: number): string {
  if (count === 0) return 'None';
  return count === 1 ? '1 approval' : `${count} approvals`;
}

/** How agents of an environment may be deployed; beside it what that means in a sentence. */
export function PolicyForm(props: PolicyFormProps) {
  const { start, updatedAt, environments, mayApprove, questions, save: set } = props;
  const router = useRouter();
  const list = useId();
  const [policy, setPolicy] = useState(start);
  const [gate, setGate] = useState(() => gateDraft(start.gate));
  const [tried, setTried] = useState(false);
  const [span, setSpan] = useState(writeSpan(start.approvalMinutes * 60));
  const { save, pending, failure } = useSave(set, () => router.push(paths.deploymentPolicies()));
  const [sent, setSent] = useState<DeploymentPolicy | null>(null);
  const change = (part: Partial<DeploymentPolicy>) => setPolicy({ ...policy, ...part });
  // What was refused says nothing of what was changed since.
  const issues = sent === policy ? (failure?.issues ?? []) : [];
  const read = readGate(gate);
  const errors = new Map(issues.map(({ path, message }) => [path, message]));
  const gateErrors = new Map([...errorsBelow(errors, 'gate'), ...(tried ? read.faults : [])]);
  const approvalMinutes = Math.round(readSpan(span) / 60);
  const isSpan = !Number.isNaN(approvalMinutes);
  const current = {
    ...policy,
    gate: read.gate,
    approvalMinutes: isSpan ? approvalMinutes : policy.approvalMinutes,
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setSent(policy);
    setTried(true);
    if (isSpan && read.faults.length === 0) save({ ...current, ifUpdatedAt: updatedAt });
  };
  const asks = policy.approvalsNeeded > 0;
  return (
    <form onSubmit={submit} noValidate className="grid items-start gap-3 lg:grid-cols-[minmax(0,1fr)_400px]">
      <Card label="Policy">
        <div className="flex flex-col gap-4 p-4">
          {start.environment === '' && (
            <>
              <TextField
                label="Environment"
                value={policy.environment}
                maxLength={64}
                list={list}
                placeholder="production"
                hint="As your agents name it in deployment.environment.name."
                error={errors.get('environment')}
                onChange={({ target }) => change({ environment: target.value })}
              />
              <datalist id={list}>
                {environments.map((environment) => (
                  <option key={environment} value={environment} />
                ))}
              </datalist>
            </>
          )}
          <div className="grid gap-4 sm:grid-cols-2">
            <SelectField
              label="Approvals that a deployment needs"
              value={policy.approvalsNeeded}
              hint="By others than who asked for it. Rollbacks need none."
              error={errors.get('approvalsNeeded')}
              onChange={({ target }) => change({ approvalsNeeded: Number(target.value) })}
            >
              {APPROVALS.map((count) => (
                <option key={count} value={count}>
                  {approvalsWords(count)}
                </option>
              ))}
            </SelectField>
            {asks && (
              <TextField
                label="Expires after"
                value={span}
                hint="From 5m up to 14d; then it has failed."
                error={isSpan ? errors.get('approvalMinutes') : 'Write a time like 30m, 8h or 1d.'}
                onChange={({ target }) => setSpan(target.value)}
              />
            )}
          </div>
          {asks && (
            <ApproverFields
              chosen={policy.approverIds}
              needed={policy.approvalsNeeded}
              mayApprove={mayApprove}
              error={errors.get('approverIds')}
              onChange={(approverIds) => change({ approverIds })}
            />
          )}
          <label className="touch inline-flex items-center gap-2 text-sm">
            <input
              type="checkbox"
              checked={policy.autoRollback}
              onChange={({ target }) => change({ autoRollback: target.checked })}
            />
            Roll back by itself what fails
          </label>
          <GateFields draft={gate} errors={gateErrors} questions={questions} onChange={setGate} />
          <SaveFailure failure={sent === policy ? failure : null} fields />
        </div>
      </Card>
      <Meaning policy={current} mayApprove={mayApprove} />
      <FormActions cancel={paths.deploymentPolicies()} save="Save policy" pending={pending} />
    </form>
  );
}

/** What the fields come to, in words. */
function Meaning({ policy, mayApprove }: { policy: DeploymentPolicy; mayApprove: readonly ApproverView[] }) {
  const names = policy.approverIds.map((id) => ({
    name: mayApprove.find((person) => person.id === id)?.name ?? null,
  }));
  const trouble = approverTrouble(policy, mayApprove);
  return (
    <Card label="What it means">
      <CardHeader title="What it means" />
      <div role="status" className="flex flex-col gap-2 px-4 pb-3 text-sm">
        <p className="wrap-anywhere">{policyWords(policy, names)}</p>
        {trouble && (
          <p className={trouble.tone === 'critical' ? 'text-critical-text' : 'text-warning-text'}>
            {trouble.words}
          </p>
        )}
        <p className="text-xs text-muted">
          It counts for what is asked for from now on. Deployments that wait keep what counted when they were
          asked for.
        </p>
      </div>
    </Card>
  );
}

import { clsx } from 'clsx';
import { Check, Minus, X } from 'lucide-react';
import { Ago } from '#components/ui/ago.tsx';
import { Card } from '#components/ui/card.tsx';
import { Icon } from '#components/ui/icon.tsx';
import type { DeploymentDetail } from '#lib/model/deployment.ts';
import { deploymentSteps, type Step, type StepState } from './deployment-steps.ts';

const STATE_WORDS: Record<StepState, string> = {
  done: 'done',
  now: 'under way',
  ahead: 'still to come',
  failed: 'failed',
  stopped: 'ended here',
  never: 'did not come to it',
};

const MARKS: Record<StepState, string> = {
  done: 'border-ok bg-ok text-surface',
  now: 'border-accent text-accent',
  ahead: 'border-line-strong text-faint',
  failed: 'border-critical bg-critical text-surface',
  stopped: 'border-unknown text-unknown',
  never: 'border-line text-faint',
};

function Mark({ state }: { state: StepState }) {
  return (
    <span
      aria-hidden="true"
      className={clsx('flex size-5 shrink-0 items-center justify-center rounded-full border-2', MARKS[state])}
    >
      {state === 'done' && <Icon of={Check} size={14} />}
      {state === 'failed' && <Icon of={X} size={14} />}
      {(state === 'stopped' || state === 'never') && <Icon of={Minus} size={14} />}
      {state === 'now' && <span className="size-2 rounded-full bg-accent" />}
    </span>
  );
}

function StepItem({ step, renderedAtMs }: { step: Step; renderedAtMs: number }) {
  const { key, title, words, state, atMs } = step;
  const isQuiet = state === 'ahead' || state === 'never';
  return (
    <li
      data-step={key}
      data-state={state}
      aria-current={state === 'now' ? 'step' : undefined}
      className="flex min-w-0 flex-1 gap-2.5 max-md:py-1"
    >
      <Mark state={state} />
      <span className="min-w-0 text-sm">
        <span className={clsx('block', isQuiet ? 'text-muted' : 'font-medium')}>
          {title}
          <span className="sr-only">, {STATE_WORDS[state]}</span>
        </span>
        <span className="block text-xs text-muted wrap-anywhere">
          {words}
          {words !== '' && atMs !== null && ', '}
          {atMs !== null && <Ago atMs={atMs} renderedAtMs={renderedAtMs} />}
        </span>
      </span>
    </li>
  );
}

/** The way of a deployment, live: what is done, where it is, what comes. */
export function Steps(props: { deployment: DeploymentDetail; renderedAtMs: number }) {
  return (
    <Card label="Steps">
      <ol className="flex flex-col gap-1 px-4 py-3 md:flex-row md:gap-4">
        {deploymentSteps(props.deployment).map((step) => (
          <StepItem key={step.key} step={step} renderedAtMs={props.renderedAtMs} />
        ))}
      </ol>
    </Card>
  );
}

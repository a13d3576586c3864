'use client';

import { Plus } from 'lucide-react';
import Link from 'next/link';
import { useState } from 'react';
import { Ago } from '#components/ui/ago.tsx';
import { Button } from '#components/ui/button.tsx';
import { Card, CardHeader } from '#components/ui/card.tsx';
import { Badge } from '#components/ui/status.tsx';
import type { TriggerRunView, TriggerView } from '#lib/model/deploy-trigger.ts';
import { formatPlural } from '#lib/model/format.ts';
import { paths } from '#lib/model/paths.ts';
import type { TriggerRunStatus } from '#lib/model/repository.ts';
import { EVENT_WORDS } from '../event-words.ts';
import { DeleteTriggerDialog, RunDialog, type TriggerActions, TriggerDialog } from './trigger-dialogs.tsx';
import type { TriggerChoices } from './trigger-fields.tsx';

const RUN_WORDS: Record<TriggerRunStatus, string> = {
  waiting: 'Waiting',
  building: 'Building',
  started: 'Deployed',
  failed: 'Failed',
};
const RUN_TONES: Partial<Record<TriggerRunStatus, 'ok' | 'critical'>> = { started: 'ok', failed: 'critical' };

interface TriggerListProps {
  triggers: readonly TriggerView[];
  choices: TriggerChoices;
  /** Null for people who may not change them. */
  actions: Omit<TriggerActions, 'run'> | null;
  /** Null for people who may not deploy. */
  run: TriggerActions['run'] | null;
  renderedAtMs: number;
}

type Asked = { what: 'new' } | { what: 'edit' | 'run' | 'delete'; trigger: TriggerView } | null;

/** Why no trigger can be made yet, in words; null: one can. */
function missing({ repositories, agents, clusters }: TriggerChoices): string | null {
  if (repositories.length === 0) return 'Connect a repository first.';
  if (clusters.length === 0) return 'Connect a cluster first.';
  return agents.length === 0 ? 'There is no agent yet.' : null;
}

/** What is deployed by what happens in repositories. */
export function TriggerList(props: TriggerListProps) {
  const { triggers, choices, actions, run, renderedAtMs } = props;
  const [asked, setAsked] = useState<Asked>(null);
  const close = () => setAsked(null);
  const nameOf = (id: string) => choices.repositories.find((each) => each.id === id)?.fullName ?? '';
  return (
    <Card label="Triggers">
      <CardHeader title="Triggers" hint={formatPlural(triggers.length, 'trigger')} />
      {triggers.length === 0 && (
        <p className="px-4 pb-3 text-sm text-muted">
          Nothing is deployed by itself yet. A trigger deploys an agent when something happens in a
          repository.
        </p>
      )}
      <ul>
        {triggers.map((trigger) => (
          <li
            key={trigger.id}
            className="flex flex-wrap items-center gap-x-4 gap-y-2 border-t border-line px-4 py-2.5 text-sm"
          >
            <Trigger trigger={trigger} repository={nameOf(trigger.repositoryId)} />
            <div className="flex flex-wrap gap-2">
              {run && (
                <Button size="sm" onClick={() => setAsked({ what: 'run', trigger })}>
                  Run now
                </Button>
              )}
              {actions && (
                <>
                  <Button size="sm" onClick={() => setAsked({ what: 'edit', trigger })}>
                    Edit
                  </Button>
                  <Button size="sm" variant="danger" onClick={() => setAsked({ what: 'delete', trigger })}>
                    Delete
                  </Button>
                </>
              )}
            </div>
            <Runs runs={trigger.runs} renderedAtMs={renderedAtMs} />
          </li>
        ))}
      </ul>
      {actions && (
        <div className="border-t border-line px-4 py-3">
          <Button
            size="sm"
            icon={Plus}
            disabledReason={missing(choices)}
            onClick={() => setAsked({ what: 'new' })}
          >
            New trigger
          </Button>
        </div>
      )}
      {actions && (asked?.what === 'new' || asked?.what === 'edit') && (
        <TriggerDialog
          trigger={asked.what === 'edit' ? asked.trigger : null}
          choices={choices}
          actions={actions}
          onClose={close}
        />
      )}
      {run && asked?.what === 'run' && <RunDialog trigger={asked.trigger} run={run} onClose={close} />}
      {actions && asked?.what === 'delete' && (
        <DeleteTriggerDialog trigger={asked.trigger} remove={actions.remove} onClose={close} />
      )}
    </Card>
  );
}

function Trigger({ trigger, repository }: { trigger: TriggerView; repository: string }) {
  const { event, ref, workflow, agent, cluster, namespace, workload, image, tag, build, isEnabled } = trigger;
  return (
    <>
      <span className="min-w-0 flex-1 basis-64">
        <span className="flex flex-wrap items-center gap-2 font-medium wrap-anywhere">
          {agent.name}
          <Badge>{agent.environment}</Badge>
          {!isEnabled && <Badge tone="warning">Off</Badge>}
        </span>
        <span className="block text-xs text-muted wrap-anywhere">
          {EVENT_WORDS[event]} {workflow && `(${workflow}) `}of {ref} in {repository}
          {build && `, built by ${build.workflow} first`}
        </span>
      </span>
      <span className="basis-56 text-xs text-muted wrap-anywhere">
        {namespace}/{workload} in {cluster.name}
        <span className="block font-mono">
          {image}:{tag}
        </span>
        <span className="block">In the name of {trigger.owner}</span>
      </span>
    </>
  );
}

/** What it started of late. */
function Runs({ runs, renderedAtMs }: { runs: readonly TriggerRunView[]; renderedAtMs: number }) {
  if (runs.length === 0) return null;
  return (
    <ul aria-label="What it started" className="basis-full text-xs">
      {runs.map((run) => (
        <li key={run.id} className="flex flex-wrap items-center gap-x-3 gap-y-1 border-t border-line py-1.5">
          <Badge tone={RUN_TONES[run.status]}>{RUN_WORDS[run.status]}</Badge>
          <span className="wrap-anywhere">
            {run.ref.replace(/^refs\/(heads|tags)\//, '')}
            {run.sha !== null && ` at ${run.sha.slice(0, 7)}`} by {run.requestedBy}
          </span>
          {run.message !== '' && <span className="text-muted wrap-anywhere">{run.message}</span>}
          {run.deploymentId !== null && (
            <Link href={paths.deployment(run.deploymentId)} className="underline">
              Deployment
            </Link>
          )}
          <span className="text-muted">
            <Ago atMs={run.createdAt} renderedAtMs={renderedAtMs} />
          </span>
        </li>
      ))}
    </ul>
  );
}

'use client';

import { useState } from 'react';
import { ActFailure } from '#components/ui/act-failure.tsx';
import { Ago } from '#components/ui/ago.tsx';
import { Button } from '#components/ui/button.tsx';
import { Card, CardHeader } from '#components/ui/card.tsx';
import { Moment } from '#components/ui/moment.tsx';
import { StateMessage } from '#components/ui/states.tsx';
import { Badge } from '#components/ui/status.tsx';
import { useSave } from '#components/ui/use-save.ts';
import { formatPlural } from '#lib/model/format.ts';
import { GITHUB } from '#lib/model/repository.ts';
import type { RepositoryView } from '#lib/model/repository-schema.ts';
import { type RecentDeliveries, RepositoryDeliveries } from './repository-deliveries.tsx';
import { DisconnectDialog, type RepositoryActions, RotateDialog } from './repository-dialogs.tsx';
import { RulesDialog } from './rules-dialog.tsx';

interface RepositoryListProps {
  repositories: readonly RepositoryView[];
  deliveries: RecentDeliveries;
  /** Null for people who may only look. */
  actions: RepositoryActions | null;
  proveAgain: string;
  renderedAtMs: number;
}

type Asked = { repository: RepositoryView; what: 'rules' | 'rotate' | 'disconnect' } | null;

/** The connected repositories: what each may start, when it was last heard, and what of that came. */
export function RepositoryList(props: RepositoryListProps) {
  const { repositories, deliveries, actions, proveAgain, renderedAtMs } = props;
  const [asked, setAsked] = useState<Asked>(null);
  const [shown, setShown] = useState<string | null>(null);
  if (repositories.length === 0)
    return (
      <StateMessage kind="empty" compact title="No repository is connected yet">
        A connected one can start deployments by what happens in it, and shows them where its people look.
      </StateMessage>
    );
  const close = () => setAsked(null);
  const ask = (repository: RepositoryView, what: 'rules' | 'rotate' | 'disconnect') =>
    setAsked({ repository, what });
  return (
    <Card label="Connected repositories">
      <CardHeader
        title="Connected repositories"
        hint={formatPlural(repositories.length, 'repository', 'repositories')}
      />
      <ul>
        {repositories.map((repository) => (
          <li
            key={repository.id}
            id={repository.id}
            className="target:bg-hover scroll-mt-20 flex flex-wrap items-center gap-x-4 gap-y-2 border-t border-line px-4 py-2.5 text-sm"
          >
            <Repository repository={repository} renderedAtMs={renderedAtMs} />
            <div className="flex flex-wrap gap-2">
              <Button
                size="sm"
                aria-expanded={shown === repository.id}
                onClick={() => setShown(shown === repository.id ? null : repository.id)}
              >
                Deliveries
              </Button>
              {actions && (
                <>
                  <TestButton repository={repository} test={actions.test} />
                  <Button size="sm" onClick={() => ask(repository, 'rules')}>
                    Rules
                  </Button>
                  <Button size="sm" onClick={() => ask(repository, 'rotate')}>
                    New secret
                  </Button>
                  <Button size="sm" variant="danger" onClick={() => ask(repository, 'disconnect')}>
                    Disconnect
                  </Button>
                </>
              )}
            </div>
            {shown === repository.id && (
              <RepositoryDeliveries id={repository.id} read={deliveries} renderedAtMs={renderedAtMs} />
            )}
          </li>
        ))}
      </ul>
      {actions && asked?.what === 'rules' && (
        <RulesDialog repository={asked.repository} update={actions.update} onClose={close} />
      )}
      {actions && asked?.what === 'rotate' && (
        <RotateDialog
          repository={asked.repository}
          rotate={actions.rotate}
          proveAgain={proveAgain}
          onClose={close}
        />
      )}
      {actions && asked?.what === 'disconnect' && (
        <DisconnectDialog
          repository={asked.repository}
          disconnect={actions.disconnect}
          proveAgain={proveAgain}
          onClose={close}
        />
      )}
    </Card>
  );
}

/** Has a worker look whether the repository can be reached; what it found stands in the row a moment later. */
function TestButton({ repository, test }: { repository: RepositoryView } & Pick<RepositoryActions, 'test'>) {
  const { save, pending, failure } = useSave(test);
  return (
    <>
      <Button
        size="sm"
        pending={pending}
        disabledReason={repository.isCheckWaiting ? 'A worker is about to look.' : null}
        onClick={() => save({ id: repository.id })}
      >
        Test
      </Button>
      <ActFailure failure={failure} />
    </>
  );
}

/** What is known of the way to a repository's host. */
function Reach({ repository, renderedAtMs }: { repository: RepositoryView; renderedAtMs: number }) {
  const { checkedAt, checkError, isCheckWaiting, limitedUntil } = repository;
  if (limitedUntil !== null)
    return (
      <span className="block text-warning-text">
        Its server wants no more requests until <Moment atMs={limitedUntil} />
      </span>
    );
  if (isCheckWaiting) return <span className="block">A worker is about to look</span>;
  if (checkedAt === null) return null;
  return (
    <span className={checkError === null ? 'block' : 'block text-critical-text wrap-anywhere'}>
      {checkError ?? 'Reached'} <Ago atMs={checkedAt} renderedAtMs={renderedAtMs} />
    </span>
  );
}

function Repository({ repository, renderedAtMs }: { repository: RepositoryView; renderedAtMs: number }) {
  const { fullName, hostUrl, credential, allowed, lastDeliveryAt, formerSecretUntil, webhookPath } =
    repository;
  return (
    <>
      <span className="min-w-0 flex-1 basis-64">
        <span className="flex flex-wrap items-center gap-2 font-medium wrap-anywhere">
          {fullName}
          {hostUrl !== GITHUB && <Badge>{new URL(hostUrl).host}</Badge>}
          {lastDeliveryAt === null && <Badge tone="warning">Never heard</Badge>}
        </span>
        <code className="font-mono text-xs text-muted wrap-anywhere">{webhookPath}</code>
      </span>
      <span className="basis-56 text-xs text-muted">
        {allowed.length === 0 ? 'Starts nothing' : formatPlural(allowed.length, 'rule')}, by{' '}
        {credential === 'app' ? 'a GitHub App' : 'a token'}
        <span className="block">
          Last heard <Ago atMs={lastDeliveryAt} renderedAtMs={renderedAtMs} />
          {formerSecretUntil !== null && ', the former secret still counts'}
        </span>
        <Reach repository={repository} renderedAtMs={renderedAtMs} />
      </span>
    </>
  );
}

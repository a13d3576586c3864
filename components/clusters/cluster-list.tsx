'use client';

import { useRouter } from 'next/navigation';
import { useEffect, useState } from 'react';
import { ActFailure } from '#components/ui/act-failure.tsx';
import { Ago } from '#components/ui/ago.tsx';
import { Button } from '#components/ui/button.tsx';
import { Card, CardHeader } from '#components/ui/card.tsx';
import { StateMessage } from '#components/ui/states.tsx';
import { Badge } from '#components/ui/status.tsx';
import { useSave } from '#components/ui/use-save.ts';
import type { ClusterView } from '#lib/model/cluster.ts';
import { formatPlural } from '#lib/model/format.ts';
import { AccessPreview } from './access-preview.tsx';
import { type ClusterActions, EditDialog, ReconnectDialog, RemoveDialog } from './cluster-dialogs.tsx';

/** While a worker looks, the page is read again this often, milliseconds. */
const FOLLOW_MS = 1000;

interface ClusterListProps {
  clusters: readonly ClusterView[];
  /** Null for people who may only look. */
  actions: ClusterActions | null;
  mayLend: boolean;
  renderedAtMs: number;
}

type Asked = { cluster: ClusterView; what: 'edit' | 'reconnect' | 'remove' } | null;

/** The connected clusters: whether each can be reached, and what Pitwall may do there. */
export function ClusterList({ clusters, actions, mayLend, renderedAtMs }: ClusterListProps) {
  const router = useRouter();
  const [asked, setAsked] = useState<Asked>(null);
  const isChecking = clusters.some((cluster) => cluster.isChecking);
  useEffect(() => {
    if (!isChecking) return;
    const timer = setInterval(() => router.refresh(), FOLLOW_MS);
    return () => clearInterval(timer);
  }, [isChecking, router]);
  if (clusters.length === 0)
    return (
      <StateMessage kind="empty" compact title="No cluster is connected yet">
        Agents in a connected cluster can be deployed, watched while they roll out, and rolled back from here.
      </StateMessage>
    );
  const close = () => setAsked(null);
  const ask = (cluster: ClusterView, what: 'edit' | 'reconnect' | 'remove') => setAsked({ cluster, what });
  return (
    <Card label="Connected clusters">
      <CardHeader title="Connected clusters" hint={formatPlural(clusters.length, 'cluster')} />
      <ul>
        {clusters.map((cluster) => (
          <li
            key={cluster.id}
            id={cluster.id}
            className="target:bg-hover scroll-mt-20 flex flex-col gap-2 border-t border-line px-4 py-2.5 text-sm"
          >
            <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
              <ClusterName cluster={cluster} renderedAtMs={renderedAtMs} />
              {actions && (
                <div className="flex flex-wrap gap-2">
                  <CheckButton cluster={cluster} check={actions.check} />
                  <Button size="sm" onClick={() => ask(cluster, 'edit')}>
                    Edit
                  </Button>
                  <Button size="sm" onClick={() => ask(cluster, 'reconnect')}>
                    New credentials
                  </Button>
                  <Button size="sm" variant="danger" onClick={() => ask(cluster, 'remove')}>
                    Remove
                  </Button>
                </div>
              )}
            </div>
            {cluster.lastError !== null && (
              <p role="status" className="text-critical-text wrap-anywhere">
                {cluster.lastError}
              </p>
            )}
            {cluster.access && <AccessPreview access={cluster.access} namespaces={cluster.namespaces} />}
          </li>
        ))}
      </ul>
      {actions && asked?.what === 'edit' && (
        <EditDialog cluster={asked.cluster} update={actions.update} onClose={close} />
      )}
      {actions && asked?.what === 'reconnect' && (
        <ReconnectDialog
          cluster={asked.cluster}
          reconnect={actions.reconnect}
          mayLend={mayLend}
          onClose={close}
        />
      )}
      {actions && asked?.what === 'remove' && (
        <RemoveDialog cluster={asked.cluster} remove={actions.remove} onClose={close} />
      )}
    </Card>
  );
}

const FROM = {
  'in-cluster': 'The cluster that Pitwall runs in',
  kubeconfig: 'The kubeconfig of the operator',
};

function ClusterName({ cluster, renderedAtMs }: { cluster: ClusterView; renderedAtMs: number }) {
  const { name, from, server, context, skipTlsVerify, isChecking, lastError, lastContactAt, namespaces } =
    cluster;
  return (
    <>
      <span className="min-w-0 flex-1 basis-64">
        <span className="flex flex-wrap items-center gap-2 font-medium wrap-anywhere">
          {name}
          {isChecking && <Badge>Checking</Badge>}
          {!isChecking && lastError !== null && <Badge tone="critical">Not reached</Badge>}
          {skipTlsVerify && <Badge tone="warning">Not verified</Badge>}
        </span>
        <span className="text-xs text-muted wrap-anywhere">
          {from === 'given' ? server : FROM[from]}
          {context !== null && `, context ${context}`}
        </span>
      </span>
      <span className="basis-56 text-xs text-muted wrap-anywhere">
        {formatPlural(namespaces.length, 'namespace')}: {namespaces.join(', ')}
        <span className="block">
          Last reached <Ago atMs={lastContactAt} renderedAtMs={renderedAtMs} />
        </span>
      </span>
    </>
  );
}

function CheckButton({ cluster, check }: { cluster: ClusterView } & Pick<ClusterActions, 'check'>) {
  const { save, pending, failure } = useSave(check);
  return (
    <>
      <Button size="sm" pending={pending || cluster.isChecking} onClick={() => save({ id: cluster.id })}>
        Check
      </Button>
      <ActFailure failure={failure} />
    </>
  );
}

'use client';

import { useId, useState } from 'react';
import { ActFailure } from '#components/ui/act-failure.tsx';
import { Ago } from '#components/ui/ago.tsx';
import type { BoundAction } from '#components/ui/bound-action.ts';
import { Button } from '#components/ui/button.tsx';
import { Card, CardHeader } from '#components/ui/card.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { Badge } from '#components/ui/status.tsx';
import { useSave } from '#components/ui/use-save.ts';
import type { WatchedCluster } from '#lib/model/cluster-agent.ts';
import { refusalWords } from './found-words.ts';

export type SetAutoAdoption = BoundAction<{ id: string; namespaces: string[] }, { id: string }>;

interface ClusterStatesProps {
  clusters: readonly WatchedCluster[];
  /** Null for people who may not decide it. */
  setAutoAdoption: SetAutoAdoption | null;
  renderedAtMs: number;
}

/** How current what is shown of each cluster is, what may not be seen there, and where adopting happens by itself. */
export function ClusterStates({ clusters, setAutoAdoption, renderedAtMs }: ClusterStatesProps) {
  const [asked, setAsked] = useState<string | null>(null);
  const open = clusters.find(({ id }) => id === asked);
  return (
    <Card label="Clusters that are watched">
      <CardHeader title="Clusters that are watched" />
      <ul>
        {clusters.map((cluster) => (
          <li
            key={cluster.id}
            className="flex flex-wrap items-center gap-x-4 gap-y-1 border-t border-line px-4 py-2.5 text-sm"
          >
            <span className="min-w-0 flex-1 basis-64">
              <span className="flex flex-wrap items-center gap-2 font-medium wrap-anywhere">
                {cluster.name} <WatchState cluster={cluster} renderedAtMs={renderedAtMs} />
              </span>
              <span className="text-xs text-muted wrap-anywhere">
                {cluster.autoAdoptNamespaces.length > 0
                  ? `Adopted by itself in ${cluster.autoAdoptNamespaces.join(', ')}`
                  : 'Nothing is adopted by itself'}
              </span>
            </span>
            {setAutoAdoption && (
              <Button size="sm" onClick={() => setAsked(cluster.id)}>
                Adopt by itself
              </Button>
            )}
            {cluster.problem !== null && (
              <p className="basis-full text-xs text-critical-text wrap-anywhere">{cluster.problem}</p>
            )}
            {refusalWords(cluster).map((words) => (
              <p key={words} className="basis-full text-xs text-warning-text wrap-anywhere">
                {words}
              </p>
            ))}
          </li>
        ))}
      </ul>
      {open && setAutoAdoption && (
        <AutoAdoption cluster={open} set={setAutoAdoption} onClose={() => setAsked(null)} />
      )}
    </Card>
  );
}

function WatchState({ cluster, renderedAtMs }: { cluster: WatchedCluster; renderedAtMs: number }) {
  const { isWatched, staleSince, watches } = cluster;
  if (staleSince !== null)
    return (
      <Badge tone="warning">
        Stale for <Ago atMs={staleSince} renderedAtMs={renderedAtMs} words="span" />
      </Badge>
    );
  if (!isWatched || watches.length === 0) return <Badge>Not looked at yet</Badge>;
  return <Badge tone="ok">Live</Badge>;
}

interface AutoAdoptionProps {
  cluster: WatchedCluster;
  set: SetAutoAdoption;
  onClose: () => void;
}

function AutoAdoption({ cluster, set, onClose }: AutoAdoptionProps) {
  const form = useId();
  const { save, pending, failure } = useSave(set, onClose);
  return (
    <Dialog
      open
      title={`Adopt by itself in ${cluster.name}`}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form={form} variant="primary" pending={pending}>
            Save
          </Button>
        </>
      }
    >
      <form
        id={form}
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          const namespaces = new FormData(event.currentTarget).getAll('namespace').map(String);
          save({ id: cluster.id, namespaces });
        }}
      >
        <fieldset className="flex flex-col gap-1.5">
          <legend className="mb-2">
            Every agent that is found in these namespaces becomes one of the console at once. Elsewhere it
            waits for somebody.
          </legend>
          {cluster.namespaces.map((namespace) => (
            <label key={namespace} className="flex min-h-6 items-center gap-2 text-ink wrap-anywhere">
              <input
                type="checkbox"
                name="namespace"
                value={namespace}
                defaultChecked={cluster.autoAdoptNamespaces.includes(namespace)}
              />
              {namespace}
            </label>
          ))}
        </fieldset>
        <ActFailure failure={failure} fields />
      </form>
    </Dialog>
  );
}

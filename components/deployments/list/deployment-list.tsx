'use client';

import { type ReactNode, useMemo } from 'react';
import { ReadTrouble } from '#components/live/read-trouble.tsx';
import { useUrlState } from '#components/shell/use-url-state.ts';
import { Button } from '#components/ui/button.tsx';
import { Card } from '#components/ui/card.tsx';
import { PageHeader } from '#components/ui/page.tsx';
import { Skeleton, StateMessage } from '#components/ui/states.tsx';
import { useHeldRows } from '#components/ui/use-held-rows.ts';
import { formatPlural } from '#lib/model/format.ts';
import { filterOfSearch, isNarrowed } from './deployment-filter.ts';
import { DeploymentFilters } from './deployment-filters.tsx';
import { DeploymentLine } from './deployment-line.tsx';
import { listVerdict } from './list-verdict.ts';
import { type ListStart, useDeployments } from './use-deployments.ts';

interface DeploymentListProps {
  start: ListStart;
  /** What somebody can do here, in the head of the page. */
  actions?: ReactNode;
  /** How to begin, where nothing was deployed yet. */
  beginning: ReactNode;
  renderedAtMs: number;
}

/** How the list is narrowed, kept in the address; another filter begins at its first page. */
function useDeploymentFilter() {
  const [params, write] = useUrlState();
  const key = params.toString();
  const filter = useMemo(() => filterOfSearch(new URLSearchParams(key)), [key]);
  const set = (name: string, value: string) =>
    write((search) => {
      if (name !== 'cursor') search.delete('cursor');
      if (value === '') search.delete(name);
      else search.set(name, value);
    });
  const clear = () =>
    write((search) => {
      for (const name of ['status', 'env', 'agent', 'cursor']) search.delete(name);
    });
  return { filter, set, clear };
}

/** What is rolling out, how is it going? The deployments of a team, the newest first, live. */
export function DeploymentList({ start, actions, beginning, renderedAtMs }: DeploymentListProps) {
  const { filter, set, clear } = useDeploymentFilter();
  const listed = useDeployments(filter, start);
  const held = useHeldRows(listed.rows, () => filter.status !== '');
  const { line, detail } = listVerdict(listed.active);
  return (
    <div className="flex flex-col gap-3">
      <PageHeader title={line} actions={actions}>
        {detail}
      </PageHeader>
      <DeploymentFilters filter={filter} set={set} clear={clear} />
      {listed.failure !== null && (
        <ReadTrouble
          title="The deployments could not be read"
          failure={listed.failure}
          again={() => void listed.refresh()}
        />
      )}
      <div aria-live="polite" className="min-h-0">
        {held.waiting > 0 && (
          <Button size="sm" onClick={held.release}>
            Show {formatPlural(held.waiting, 'new deployment')}
          </Button>
        )}
      </div>
      {listed.isLoading ? (
        // What could not be read is not known to be empty.
        listed.failure === null && <Skeleton className="h-64 rounded-lg" />
      ) : listed.rows.length === 0 ? (
        <NothingHere
          isFirst={!isNarrowed(filter) && filter.cursor === ''}
          beginning={beginning}
          clear={clear}
        />
      ) : (
        <Card label="Deployments" className="overflow-hidden">
          <ul className="divide-y divide-line" {...held.handlers}>
            {held.shown.map(({ row, gone }) => (
              <DeploymentLine key={row.id} row={row} gone={gone} renderedAtMs={renderedAtMs} />
            ))}
          </ul>
        </Card>
      )}
      <div className="flex justify-end gap-2">
        {filter.cursor !== '' && <Button onClick={() => set('cursor', '')}>Newest</Button>}
        {!listed.isLoading && listed.nextCursor !== null && (
          <Button onClick={() => set('cursor', listed.nextCursor ?? '')}>Older</Button>
        )}
      </div>
    </div>
  );
}

function NothingHere(props: { isFirst: boolean; beginning: ReactNode; clear: () => void }) {
  if (props.isFirst) return props.beginning;
  return (
    <StateMessage
      kind="empty"
      title="No deployment matches"
      action={<Button onClick={props.clear}>Clear filters</Button>}
    >
      Nothing that was deployed passes these filters.
    </StateMessage>
  );
}

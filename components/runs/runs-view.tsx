import { ButtonLink } from '#components/ui/button.tsx';
import { Tabs } from '#components/ui/tabs.tsx';
import { paths } from '#lib/model/paths.ts';
import type { RunPage } from '#lib/model/run.ts';
import { RunsTable } from './runs-table.tsx';

interface RunsViewProps {
  agentId: string;
  page: RunPage;
  /** The search parameters that the page was asked with. */
  query: Record<string, string>;
  renderedAtMs: number;
}

/** The runs tab of an agent: all or failed ones, a page at a time, each with an address. */
export function RunsView({ agentId, page, query, renderedAtMs }: RunsViewProps) {
  const { cursor, status, ...rest } = query;
  const failed = status === 'error';
  return (
    <div className="flex flex-col gap-3">
      <Tabs
        label="Outcome"
        tabs={[
          { href: paths.agent(agentId, 'runs', rest), label: 'All runs', current: !failed },
          {
            href: paths.agent(agentId, 'runs', { ...rest, status: 'error' }),
            label: 'Failed',
            current: failed,
          },
        ]}
      />
      <RunsTable
        runs={page.runs}
        renderedAtMs={renderedAtMs}
        emptyText={failed ? 'No run failed in this range.' : 'The agent finished no run in this range.'}
      />
      <div className="flex justify-end gap-2">
        {cursor !== undefined && (
          <ButtonLink href={paths.agent(agentId, 'runs', { ...rest, status })}>Newest</ButtonLink>
        )}
        {page.nextCursor !== null && (
          <ButtonLink href={paths.agent(agentId, 'runs', { ...query, cursor: page.nextCursor })}>
            Older runs
          </ButtonLink>
        )}
      </div>
    </div>
  );
}

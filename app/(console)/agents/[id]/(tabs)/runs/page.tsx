import { RunsView } from '#components/runs/runs-view.tsx';
import { boundsOf, parseRange } from '#lib/model/time-range.ts';
import { listRuns } from '#lib/runs/queries.ts';
import { readPage } from '#lib/web/session.ts';
import type { AgentPageProps } from '../../agent.ts';

type Search = Promise<Record<string, string | string[] | undefined>>;

const PAGE_SIZE = 50;

export default async function AgentRunsPage({
  params,
  searchParams,
}: AgentPageProps & { searchParams: Search }) {
  const [{ id }, search] = await Promise.all([params, searchParams]);
  const query: Record<string, string> = {};
  for (const [name, value] of Object.entries(search)) if (typeof value === 'string') query[name] = value;
  const nowMs = Date.now();
  const { fromMs, toMs } = boundsOf(parseRange({ get: (name) => query[name] }), nowMs);
  const asked = {
    agentId: id,
    limit: PAGE_SIZE,
    from: Math.round(fromMs),
    to: Math.round(toMs),
    ...(query.status === 'error' && { status: 'error' as const }),
  };
  const page = await readPage(listRuns, asked, query.cursor);
  return <RunsView agentId={id} page={page} query={query} renderedAtMs={nowMs} />;
}

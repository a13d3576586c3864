'use client';

import { clsx } from 'clsx';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useEffect, useRef } from 'react';
import { useUrlState } from '#components/shell/use-url-state.ts';
import { Ago } from '#components/ui/ago.tsx';
import { Card } from '#components/ui/card.tsx';
import { StateMessage } from '#components/ui/states.tsx';
import { formatCost, unpricedWords } from '#lib/model/cost.ts';
import { formatCount, formatDuration } from '#lib/model/format.ts';
import { paths } from '#lib/model/paths.ts';
import type { RunRow } from '#lib/model/run.ts';
import { RunStatus } from './run-status.tsx';

interface RunsTableProps {
  runs: readonly RunRow[];
  renderedAtMs: number;
  /** Said when there are none. */
  emptyText: string;
}

/** Runs, newest first; cards on phones. Follows the range of the page by asking the server again. */
export function RunsTable({ runs, renderedAtMs, emptyText }: RunsTableProps) {
  useServerRange();
  if (runs.length === 0) {
    return (
      <StateMessage kind="empty" title="No runs" compact>
        {emptyText}
      </StateMessage>
    );
  }
  return (
    <Card label="Runs" className="overflow-hidden">
      <table className="w-full border-separate border-spacing-0 text-sm max-md:block">
        <thead className="max-md:sr-only">
          <tr className="text-xs text-muted">
            {['Run', 'Outcome', 'Ended', 'Duration', 'Model calls', 'Tools', 'Tokens', 'Cost'].map(
              (label, i) => (
                <th
                  key={label}
                  scope="col"
                  className={clsx(
                    'cell-x h-9 border-b border-line font-normal',
                    i > 1 ? 'text-right' : 'text-left',
                  )}
                >
                  {label}
                </th>
              ),
            )}
          </tr>
        </thead>
        <tbody className="max-md:block">
          {runs.map((run) => (
            <RunLine key={`${run.traceId}${run.spanId}`} run={run} renderedAtMs={renderedAtMs} />
          ))}
        </tbody>
      </table>
    </Card>
  );
}

/** The list is read on the server: a range that was changed in the page is asked for there. */
function useServerRange(): void {
  const [params] = useUrlState();
  const router = useRouter();
  const key = `${params.get('range')}|${params.get('from')}|${params.get('to')}`;
  const shown = useRef(key);
  useEffect(() => {
    if (shown.current === key) return;
    shown.current = key;
    router.refresh();
  }, [key, router]);
}

const CELL = 'cell-x md:h-(--row) md:border-b md:border-line max-md:p-0';
const NUMBER = clsx(CELL, 'md:text-right whitespace-nowrap');

function RunLine({ run, renderedAtMs }: { run: RunRow; renderedAtMs: number }) {
  return (
    <tr
      data-run={run.spanId}
      className="hover:bg-hover max-md:grid max-md:grid-cols-3 max-md:gap-x-3 max-md:gap-y-1 max-md:border-b max-md:border-line max-md:px-4 max-md:py-3"
    >
      <td className={clsx(CELL, 'max-w-72 truncate font-medium max-md:col-span-3')}>
        <Link href={paths.run(run.traceId)} className="hover:underline focus-visible:underline">
          {run.name}
        </Link>
        {!run.isRoot && <span className="ml-2 text-xs font-normal text-muted">called by another agent</span>}
      </td>
      <td className={clsx(CELL, 'max-w-96 truncate max-md:col-span-3')}>
        <RunStatus run={run} />
      </td>
      <td className={clsx(NUMBER, 'text-muted')}>
        <Ago atMs={run.endedAt} renderedAtMs={renderedAtMs} />
      </td>
      <td className={NUMBER}>{formatDuration(run.durationMs)}</td>
      <td className={clsx(NUMBER, 'max-md:hidden')}>{formatCount(run.modelCalls)}</td>
      <td className={clsx(NUMBER, 'max-md:hidden')}>{formatCount(run.toolCalls)}</td>
      <td className={clsx(NUMBER, 'max-md:hidden')}>
        <span title={`${run.inputTokens} in, ${run.outputTokens} out`}>
          {formatCount(run.inputTokens + run.outputTokens)}
        </span>
      </td>
      <td className={NUMBER}>
        <span title={unpricedWords(run.unpricedCalls) ?? undefined}>
          {formatCost(run.cost, run.unpricedCalls)}
        </span>
      </td>
    </tr>
  );
}

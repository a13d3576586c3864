'use client';

import { clsx } from 'clsx';
import { ArrowDown, ArrowUp } from 'lucide-react';
import { memo, type ReactNode, useCallback, useRef } from 'react';
import { Icon } from '#components/ui/icon.tsx';
import type { Selection } from '#components/ui/use-selection.ts';
import { useWindowRows } from '#components/ui/use-window-rows.ts';
import { SelectAll } from './bulk/select-all.tsx';
import { AGENT_COLUMNS, type AgentColumn } from './columns.tsx';
import type { FleetAgent } from './fleet.ts';
import type { AgentOrder } from './order.ts';

interface AgentTableProps {
  agents: readonly FleetAgent[];
  order: AgentOrder;
  reversed: boolean;
  onSort: (order: AgentOrder) => void;
  histories: ReadonlyMap<string, readonly (number | null)[]>;
  /** Null where there is nothing that this person could do with selected agents. */
  selection: Selection<FleetAgent> | null;
  renderedAtMs: number;
}

const FALLBACK_ROW_PX = 40;

/** The list as a table that draws only the rows on screen; cards below the first breakpoint. */
export function AgentTable(props: AgentTableProps) {
  const { agents, order, reversed, onSort, histories, selection, renderedAtMs } = props;
  const body = useRef<HTMLTableSectionElement>(null);
  const rowHeight = useCallback(
    () => body.current?.querySelector<HTMLElement>('[data-row]')?.offsetHeight ?? FALLBACK_ROW_PX,
    [],
  );
  const rows = useWindowRows(body, agents.length, rowHeight);
  return (
    <table
      aria-rowcount={agents.length + 1}
      className="w-full table-fixed border-separate border-spacing-0 text-sm max-md:block"
    >
      <thead className="max-md:sr-only">
        <tr>
          {AGENT_COLUMNS.map((column) => (
            <HeadCell
              key={column.key}
              column={column}
              active={column.order === order}
              reversed={reversed}
              onSort={onSort}
              lead={
                column.key === 'agent' && selection && <SelectAll agents={agents} selection={selection} />
              }
            />
          ))}
        </tr>
      </thead>
      <tbody ref={body} className="max-md:block">
        <Spacer height={rows.from * rows.rowHeight} />
        {agents.slice(rows.from, rows.to).map((agent, i) => (
          <Row
            key={agent.id}
            agent={agent}
            index={rows.from + i}
            history={histories.get(agent.id)}
            selected={selection?.ids.has(agent.id) ?? false}
            onToggle={selection?.toggle ?? null}
            renderedAtMs={renderedAtMs}
          />
        ))}
        <Spacer height={(agents.length - rows.to) * rows.rowHeight} />
      </tbody>
    </table>
  );
}

function Spacer({ height }: { height: number }) {
  if (height <= 0) return null;
  return (
    <tr className="max-md:block">
      <td colSpan={AGENT_COLUMNS.length} className="p-0 max-md:block" style={{ height }} />
    </tr>
  );
}

function HeadCell(props: {
  column: AgentColumn;
  active: boolean;
  reversed: boolean;
  onSort: (order: AgentOrder) => void;
  lead: ReactNode;
}) {
  const { column, active, reversed, onSort, lead } = props;
  const { order } = column;
  return (
    <th
      scope="col"
      aria-sort={active ? (reversed ? 'descending' : 'ascending') : undefined}
      className={clsx(
        'sticky top-12 z-10 cell-x h-9 border-b border-line bg-surface text-xs font-normal text-muted first:rounded-tl-lg last:rounded-tr-lg',
        column.numeric ? 'text-right' : 'text-left',
        column.className,
      )}
    >
      {lead}
      {order === undefined ? (
        column.label
      ) : (
        <button
          type="button"
          onClick={() => onSort(order)}
          className={clsx(
            'inline-flex h-7 items-center gap-1 rounded-sm whitespace-nowrap hover:text-ink',
            active && 'font-medium text-ink',
          )}
        >
          {column.label}
          {active && <Icon of={reversed ? ArrowUp : ArrowDown} size={14} />}
        </button>
      )}
    </th>
  );
}

interface RowProps {
  agent: FleetAgent;
  index: number;
  history: readonly (number | null)[] | undefined;
  selected: boolean;
  onToggle: ((id: string) => void) | null;
  renderedAtMs: number;
}

const Row = memo(function Row({ agent, index, history, selected, onToggle, renderedAtMs }: RowProps) {
  return (
    <tr
      data-row
      data-agent={agent.id}
      aria-rowindex={index + 2}
      className="relative hover:bg-hover max-md:grid max-md:h-[100px] max-md:grid-cols-3 max-md:content-center max-md:gap-x-3 max-md:gap-y-1 max-md:border-b max-md:border-line max-md:px-4"
    >
      {AGENT_COLUMNS.map((column) => (
        <td
          key={column.key}
          data-column={column.key}
          className={clsx(
            'cell-x h-(--row) truncate md:border-b md:border-line max-md:h-auto max-md:w-auto max-md:px-0',
            column.numeric && 'md:from-end',
            (column.key === 'agent' || column.key === 'status') && 'max-md:col-span-3',
            column.key === 'agent' && onToggle && 'max-md:pr-9',
            column.className,
          )}
        >
          {column.key === 'agent' && onToggle && (
            <SelectBox name={agent.name} selected={selected} onToggle={() => onToggle(agent.id)} />
          )}
          {column.numeric && <span className="mr-1 text-xs text-muted md:hidden">{column.label}</span>}
          {column.cell(agent, { history, renderedAtMs })}
        </td>
      ))}
    </tr>
  );
});

/** Beside the name; in the corner of a card. Above the link that covers the row. */
function SelectBox(props: { name: string; selected: boolean; onToggle: () => void }) {
  return (
    <label className="touch z-10 inline-flex size-7 items-center justify-center align-middle max-md:absolute max-md:top-0 max-md:right-0 md:relative md:-ml-2">
      <input
        type="checkbox"
        className="size-4 accent-(--n-12)"
        aria-label={`Select ${props.name}`}
        checked={props.selected}
        onChange={props.onToggle}
      />
    </label>
  );
}

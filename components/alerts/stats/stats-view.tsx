import Link from 'next/link';
import type { ReactNode } from 'react';
import { Card, CardHeader } from '#components/ui/card.tsx';
import { PageHeader } from '#components/ui/page.tsx';
import { Stat } from '#components/ui/stat.tsx';
import { StateMessage } from '#components/ui/states.tsx';
import { Tabs } from '#components/ui/tabs.tsx';
import type { AlertStats } from '#lib/model/alert-stats.ts';
import { formatCount, formatPercent } from '#lib/model/format.ts';
import { paths } from '#lib/model/paths.ts';
import { causeWords, everyDay, noiseShare, spanWords, verdictOfStats } from './stats-words.ts';

interface StatsViewProps {
  stats: AlertStats;
  days: number;
  choices: readonly number[];
  renderedAtMs: number;
}

/** How the team does with its alerts: how many, how soon they are taken and over, and which were noise. */
export function StatsView({ stats, days, choices, renderedAtMs }: StatsViewProps) {
  return (
    <div className="flex flex-col gap-3">
      <PageHeader
        title={verdictOfStats(stats, days)}
        actions={
          <Tabs
            label="Range"
            tabs={choices.map((choice) => ({
              href: paths.alertStats({ days: choice }),
              label: `${choice} days`,
              current: choice === days,
            }))}
          />
        }
      />
      <Card label={`Figures of the last ${days} days`}>
        <dl className="grid grid-cols-2 divide-line sm:grid-cols-3 xl:grid-cols-6 xl:divide-x">
          <Stat label="Alerts" value={formatCount(stats.opened)} />
          <Stat label="Mean time to acknowledge" value={spanWords(stats.meanTimeToAcknowledge)} />
          <Stat label="90% acknowledged within" value={spanWords(stats.p90TimeToAcknowledge)} />
          <Stat label="Mean time to resolve" value={spanWords(stats.meanTimeToResolve)} />
          <Stat label="90% over within" value={spanWords(stats.p90TimeToResolve)} />
          <Stat
            label="Noise"
            value={formatPercent(noiseShare(stats))}
            unit={`of ${formatCount(stats.useful + stats.noise)} judged`}
          />
        </dl>
      </Card>
      {stats.opened > 0 && <Days days={everyDay(stats.byDay, days, renderedAtMs)} />}
      <div className="grid items-start gap-3 lg:grid-cols-2">
        <Table
          title="By agent"
          columns={['Agent', 'Alerts', 'Noise', 'Acknowledged after']}
          rows={stats.byAgent.map(({ agentId, agentName, opened, noise, meanTimeToAcknowledge }) => ({
            key: agentId ?? '',
            cells: [
              agentId === null ? (
                'No agent'
              ) : (
                <Link key="agent" href={paths.agent(agentId)} className="hover:underline">
                  {agentName ?? agentId}
                </Link>
              ),
              formatCount(opened),
              formatCount(noise),
              spanWords(meanTimeToAcknowledge),
            ],
          }))}
        />
        <Table
          title="By cause"
          columns={['Cause', 'Alerts', 'Useful', 'Noise', 'Flapped']}
          rows={stats.bySource.map(({ title, opened, useful, noise, flapping }) => ({
            key: title,
            cells: [causeWords(title), ...[opened, useful, noise, flapping].map(formatCount)],
          }))}
        />
      </div>
    </div>
  );
}

/** Alerts that began on each day, as columns. */
function Days({ days }: { days: readonly { day: number; opened: number }[] }) {
  const most = Math.max(1, ...days.map(({ opened }) => opened));
  const dayOf = (at: number) => new Date(at).toISOString().slice(0, 10);
  return (
    <Card label="Alerts a day">
      <CardHeader title="Alerts a day" hint={`most ${formatCount(most)}, days in UTC`} />
      <ol className="flex h-24 items-end gap-px px-4 pb-4">
        {days.map(({ day, opened }) => (
          <li key={day} className="flex h-full min-w-0 flex-1 items-end" title={`${dayOf(day)}: ${opened}`}>
            <span className="sr-only">
              {dayOf(day)}: {opened}
            </span>
            <span
              aria-hidden="true"
              className={`w-full rounded-t-sm ${opened > 0 ? 'bg-accent' : 'bg-active'}`}
              style={{ height: opened > 0 ? `${Math.max(6, (opened / most) * 100)}%` : '2px' }}
            />
          </li>
        ))}
      </ol>
    </Card>
  );
}

interface TableProps {
  title: string;
  columns: readonly string[];
  rows: readonly { key: string; cells: readonly ReactNode[] }[];
}

/** The first column says what, the others are numbers; on phones the numbers carry their names. */
function Table({ title, columns, rows }: TableProps) {
  if (rows.length === 0)
    return (
      <StateMessage kind="empty" compact title={`${title}: nothing yet`}>
        Figures appear with the first alert.
      </StateMessage>
    );
  return (
    <Card label={title} className="overflow-hidden">
      <CardHeader title={title} />
      <table className="w-full text-sm max-md:block">
        <thead className="max-md:sr-only">
          <tr className="text-xs text-muted">
            {columns.map((column, i) => (
              <th
                key={column}
                scope="col"
                className={`cell-x h-8 font-normal ${i === 0 ? 'text-left' : 'text-right'}`}
              >
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="max-md:block">
          {rows.map(({ key, cells }) => (
            <tr
              key={key}
              className="border-t border-line max-md:flex max-md:flex-wrap max-md:gap-x-4 max-md:px-4 max-md:py-2"
            >
              {cells.map((cell, i) => (
                <td
                  key={columns[i]}
                  className={
                    i === 0
                      ? 'cell-x row-height wrap-anywhere max-md:h-auto max-md:basis-full max-md:px-0'
                      : 'cell-x text-right max-md:px-0'
                  }
                >
                  {i > 0 && <span className="mr-1 text-xs text-muted md:hidden">{columns[i]}</span>}
                  {cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </Card>
  );
}

'use client';

import { List, ListItem, Tracker } from '@tremor/react';
import { Ago } from '#components/ui/ago.tsx';
import { Card, CardHeader } from '#components/ui/card.tsx';
import { STATUS_LOOKS, Status, type Tone } from '#components/ui/status.tsx';
import type { AgentDetail, HealthSignals, TransitionRow } from '#lib/model/agent-view.ts';
import { formatDuration, formatPercent, formatUtc } from '#lib/model/format.ts';
import { healthBlocks, shareWell } from './health-blocks.ts';

const DAY_MS = 86_400_000;
const BLOCKS = 48;
/** Names of Tremor's palette, bound to the status hues in globals.css. */
const TRACKER_COLOURS: Record<Tone, 'emerald' | 'amber' | 'red' | 'slate'> = {
  ok: 'emerald',
  warning: 'amber',
  critical: 'red',
  unknown: 'slate',
  progress: 'slate',
};

interface HealthHistoryProps {
  agent: AgentDetail;
  transitions: readonly TransitionRow[];
  renderedAtMs: number;
}

/** How the agent was and why: a day in half hours, what the last checks saw, every transition with its reason. */
export function HealthHistory({ agent, transitions, renderedAtMs }: HealthHistoryProps) {
  const span = { fromMs: renderedAtMs - DAY_MS, toMs: renderedAtMs, knownFromMs: agent.createdAt };
  const blocks = healthBlocks(transitions, agent.status, span, BLOCKS);
  const well = shareWell(blocks, agent.createdAt);
  return (
    <div className="flex flex-col gap-3">
      <Card label="Last 24 hours">
        <CardHeader
          title="Last 24 hours"
          hint={
            well === null
              ? 'not known yet how much of it went without trouble'
              : `${formatPercent(well)} of half hours without trouble`
          }
        />
        <div className="px-4 pb-3">
          <Tracker
            className="h-8"
            data={blocks.map((block) => ({
              key: block.fromMs,
              color: block.status === null ? 'gray' : TRACKER_COLOURS[STATUS_LOOKS[block.status].tone],
              tooltip: `${formatUtc(block.fromMs)}: ${block.status === null ? 'not known yet' : STATUS_LOOKS[block.status].word}`,
            }))}
          />
          <p className="mt-1 flex justify-between text-xs text-muted">
            <span>24 h ago</span>
            <span>now</span>
          </p>
        </div>
      </Card>
      <div className="grid gap-3 lg:grid-cols-[minmax(280px,1fr)_minmax(0,2fr)]">
        <Signals signals={agent.health} lastTelemetryAt={agent.lastTelemetryAt} renderedAtMs={renderedAtMs} />
        <Card label="Transitions">
          <CardHeader title="Transitions" hint="newest first" />
          {transitions.length === 0 ? (
            <p className="px-4 pb-4 text-sm text-muted">
              The state has not changed since the agent is known.
            </p>
          ) : (
            <List className="px-4 pb-2">
              {transitions.map((transition) => (
                <ListItem key={transition.id} className="flex-wrap items-baseline gap-x-3 gap-y-0.5">
                  <span className="w-28 shrink-0">
                    <Status status={transition.to} />
                  </span>
                  <span className="min-w-0 flex-1 basis-52">{transition.reason}</span>
                  <span className="text-xs text-muted">
                    <Ago atMs={transition.at} renderedAtMs={renderedAtMs} />
                  </span>
                </ListItem>
              ))}
            </List>
          )}
        </Card>
      </div>
    </div>
  );
}

function Signals(props: { signals: HealthSignals; lastTelemetryAt: number | null; renderedAtMs: number }) {
  const { signals, lastTelemetryAt, renderedAtMs } = props;
  const { probe, runs } = signals;
  const rows: [label: string, value: React.ReactNode][] = [
    ['Last telemetry', <Ago key="t" atMs={lastTelemetryAt} renderedAtMs={renderedAtMs} />],
    ['Last check', <Ago key="c" atMs={signals.checkedAt} renderedAtMs={renderedAtMs} />],
    ['Health URL', probe === null ? 'Not probed' : `${probe.message} in ${formatDuration(probe.latencyMs)}`],
    ['Failed probes in a row', String(signals.failedProbes)],
    ['Runs in the last 5 minutes', runs === null ? 'None ended' : `${runs.total}, ${runs.failed} failed`],
  ];
  return (
    <Card label="Signals">
      <CardHeader title="Signals" hint="what decides the state" />
      <dl className="grid gap-y-2 px-4 pt-1 pb-4 text-sm">
        {rows.map(([label, value]) => (
          <div key={label} className="flex justify-between gap-4">
            <dt className="text-muted">{label}</dt>
            <dd className="text-right wrap-anywhere">{value}</dd>
          </div>
        ))}
      </dl>
    </Card>
  );
}

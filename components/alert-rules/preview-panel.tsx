'use client';

import { useMemo } from 'react';
import { WithoutRuns } from '#components/agents/without-runs.tsx';
import { Card, CardHeader } from '#components/ui/card.tsx';
import { Moment } from '#components/ui/moment.tsx';
import { Segmented } from '#components/ui/segmented.tsx';
import { Severity } from '#components/ui/severity.tsx';
import { Skeleton, StateMessage } from '#components/ui/states.tsx';
import type { RuleDefinition } from '#lib/model/alert-rule-schema.ts';
import type { RulePreview } from '#lib/model/alert-rule-view.ts';
import { formatDuration, formatPlural } from '#lib/model/format.ts';
import { valueUnit } from '#lib/model/rule-value-unit.ts';
import { preparePreview, seriesName } from './prepare-preview.ts';
import { PreviewChart } from './preview-chart.tsx';
import type { PreviewHours, PreviewState } from './use-preview.ts';

const RANGES = [
  { value: '24', label: 'Last 24 h' },
  { value: '168', label: 'Last 7 d' },
] as const;
/** More alerts than these say the same as their number. */
const LISTED = 12;

interface PreviewPanelProps {
  definition: RuleDefinition;
  state: PreviewState;
  hours: PreviewHours;
  onHours: (hours: PreviewHours) => void;
}

/** What the rule would have done: in words, as a chart, as a list. */
export function PreviewPanel({ definition, state, hours, onHours }: PreviewPanelProps) {
  return (
    <Card label="Preview">
      <CardHeader title="What it would have done" hint={state.pending ? 'looking …' : undefined}>
        <Segmented
          label="Range of the preview"
          value={hours === 24 ? '24' : '168'}
          options={RANGES}
          onChange={(value) => onHours(value === '24' ? 24 : 168)}
        />
      </CardHeader>
      <div className="flex flex-col gap-3 px-4 pt-1 pb-4" aria-busy={state.pending}>
        <PanelBody definition={definition} state={state} />
      </div>
    </Card>
  );
}

function PanelBody({ definition, state }: Pick<PreviewPanelProps, 'definition' | 'state'>) {
  const { preview, issues, failure } = state;
  if (failure !== null)
    return (
      <StateMessage kind="error" compact title="The past could not be asked">
        {failure} What you typed is kept.
      </StateMessage>
    );
  if (issues.length > 0)
    return (
      <StateMessage kind="empty" compact title="Not a whole rule yet">
        {issues[0]?.message}
      </StateMessage>
    );
  if (preview === null) return <Skeleton className="h-60 w-full rounded-md" />;
  return <Answer definition={definition} preview={preview} />;
}

function verdict({ alerts, seriesWatched, problem }: RulePreview): string {
  const watched = formatPlural(seriesWatched, 'agent');
  if (problem !== null) return `It could not judge all of this time: ${problem}.`;
  if (seriesWatched === 0) return 'No agent is left by its filters: there is nothing to watch.';
  if (alerts.length === 0) return `It would not have fired. It watches ${watched}.`;
  const open = alerts.filter(({ endsAt }) => endsAt === null).length;
  const still = open === 0 ? '' : `, ${open} of them to this moment`;
  return `It would have fired ${formatPlural(alerts.length, 'time')}${still}. It watches ${watched}.`;
}

function Answer({ definition, preview }: { definition: RuleDefinition; preview: RulePreview }) {
  const picture = useMemo(() => preparePreview(preview, definition), [preview, definition]);
  const { say } = valueUnit(definition);
  return (
    <>
      <p role="status" className="text-sm font-medium">
        {verdict(preview)}
      </p>
      <WithoutRuns agents={preview.withoutRuns} />
      {preview.series.length === 0 ? (
        <StateMessage kind="empty" compact title="There is no data in this time">
          What the rule measures was not sent, or not by the agents that it watches.
        </StateMessage>
      ) : (
        <>
          <PreviewChart preview={preview} picture={picture} say={say} />
          <Legend lines={picture.lines} leftOut={picture.linesLeftOut + preview.seriesLeftOut} />
        </>
      )}
      {preview.alerts.length > 0 && <AlertList alerts={preview.alerts} to={preview.to} />}
    </>
  );
}

function Legend({
  lines,
  leftOut,
}: {
  lines: readonly { label: string; colour: number }[];
  leftOut: number;
}) {
  return (
    <ul aria-label="Lines" className="flex flex-wrap gap-x-3 gap-y-1 text-xs text-muted">
      {lines.map(({ label, colour }) => (
        <li key={label} className="inline-flex min-w-0 items-center gap-1.5">
          <span className="h-0.5 w-3 shrink-0" style={{ background: `var(--series-${colour})` }} />
          <span className="truncate">{label}</span>
        </li>
      ))}
      {leftOut > 0 && <li>and {leftOut} more that are not drawn</li>}
    </ul>
  );
}

function AlertList({ alerts, to }: { alerts: RulePreview['alerts']; to: number }) {
  const shown = alerts.toReversed().slice(0, LISTED);
  return (
    <ol aria-label="Alerts it would have raised" className="flex flex-col">
      {shown.map((alert) => (
        <li
          key={`${seriesName(alert)}${alert.startsAt}`}
          className="flex flex-wrap items-baseline gap-x-3 border-t border-line py-1.5 text-sm"
        >
          <Severity severity={alert.severity} />
          <span className="min-w-0 flex-1 basis-32 font-medium wrap-anywhere">{seriesName(alert)}</span>
          <span className="text-xs text-muted">
            <Moment atMs={alert.startsAt} /> · {alert.endsAt === null ? 'goes on, so far ' : 'for '}
            {formatDuration((alert.endsAt ?? to) - alert.startsAt)}
          </span>
          <span className="basis-full text-xs text-muted">{alert.reason}</span>
        </li>
      ))}
      {alerts.length > shown.length && (
        <li className="border-t border-line py-1.5 text-xs text-muted">
          and {alerts.length - shown.length} earlier ones
        </li>
      )}
    </ol>
  );
}

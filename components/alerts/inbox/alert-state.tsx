'use client';

import { Ago } from '#components/ui/ago.tsx';
import { Moment } from '#components/ui/moment.tsx';
import { Badge } from '#components/ui/status.tsx';
import { useNow } from '#components/ui/use-now.ts';
import type { AlertRow } from '#lib/model/alert-view.ts';
import { formatDuration } from '#lib/model/format.ts';

function SnoozedUntil({ untilMs, renderedAtMs }: { untilMs: number; renderedAtMs: number }) {
  const now = useNow(renderedAtMs);
  return <>snoozed for {formatDuration(Math.max(60_000, untilMs - now))}</>;
}

/** Who has it and since when, in a line. */
export function WhoHasIt({ alert, renderedAtMs }: { alert: AlertRow; renderedAtMs: number }) {
  const { status, acknowledged, assignee, snoozedUntil, resolved } = alert;
  if (status === 'resolved')
    return (
      <span>
        Resolved{resolved?.by ? ` by ${resolved.by}` : ''}{' '}
        {resolved && <Ago atMs={resolved.at} renderedAtMs={renderedAtMs} />}
      </span>
    );
  if (status === 'acknowledged')
    return (
      <span>
        Acknowledged{acknowledged?.by ? ` by ${acknowledged.by}` : ''}{' '}
        {acknowledged && <Ago atMs={acknowledged.at} renderedAtMs={renderedAtMs} />}
        {snoozedUntil !== null && (
          <>
            , <SnoozedUntil untilMs={snoozedUntil} renderedAtMs={renderedAtMs} />
          </>
        )}
      </span>
    );
  return assignee ? <span>Handed to {assignee.name}</span> : null;
}

/** That its source is back to normal, and until when its rule keeps it open (alerting S5); nothing for the others. */
export function KeptOpen({ alert, renderedAtMs }: { alert: AlertRow; renderedAtMs: number }) {
  const { recovering } = alert;
  if (recovering === null) return null;
  return (
    <span>
      Back to normal <Ago atMs={recovering.since} renderedAtMs={renderedAtMs} />, kept open until{' '}
      <Moment atMs={recovering.until} />
    </span>
  );
}

const QUIET_WORDS = { silence: 'Silenced', maintenance: 'Maintenance', inhibition: 'Inhibited' } as const;

/** Marks beside the severity: what keeps it quiet, that it recovers, and that it flaps. */
export function AlertMarks({ alert }: { alert: AlertRow }) {
  const kinds = [...new Set(alert.suppressedBy.map(({ kind }) => kind))];
  return (
    <>
      {kinds.map((kind) => (
        <Badge key={kind}>{QUIET_WORDS[kind]}</Badge>
      ))}
      {alert.recovering !== null && <Badge tone="progress">Recovering</Badge>}
      {alert.flapping && <Badge tone="warning">Flapping</Badge>}
    </>
  );
}

'use client';

import { useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Card } from '#components/ui/card.tsx';
import { Severity } from '#components/ui/severity.tsx';
import type { Severity as SeverityName } from '#lib/model/alert.ts';
import type { AlertRow } from '#lib/model/alert-view.ts';
import { formatPlural } from '#lib/model/format.ts';
import { AlertCard, type CardActs } from './alert-card.tsx';
import { needsSomebody } from './inbox-verdict.ts';

/** A larger group shows so many first. */
const SHOWN_FIRST = 3;

interface AlertGroupCardProps {
  name: string;
  severity: SeverityName;
  alerts: readonly { row: AlertRow; gone: boolean }[];
  acts: CardActs;
  renderedAtMs: number;
}

/** Alerts of one cause: what they share, how many, one tap for all of them. A single one stands for itself. */
export function AlertGroupCard({ name, severity, alerts, acts, renderedAtMs }: AlertGroupCardProps) {
  const [all, setAll] = useState(false);
  const asking = alerts.filter(({ row, gone }) => !gone && row.status === 'active').map(({ row }) => row);
  const open = asking.filter((alert) => acts.stateOf(alert) === null && needsSomebody(alert));
  const fits = all || alerts.length <= SHOWN_FIRST + 1;
  return (
    <Card label={name} className="overflow-hidden">
      {alerts.length > 1 && (
        <header className="flex flex-wrap items-center gap-x-3 gap-y-1 border-b border-line bg-sunken px-4 py-2">
          <Severity severity={severity} />
          <h2 className="min-w-0 flex-1 basis-44 text-sm font-medium wrap-anywhere">{name}</h2>
          <span className="flex items-center gap-3 max-md:flex-1 max-md:justify-between">
            <span className="text-xs text-muted">{formatPlural(alerts.length, 'alert')}</span>
            {open.length > 1 && (
              <Button
                size="sm"
                disabledReason={acts.refusal}
                onClick={() => acts.acknowledge(open)}
                aria-label={`Acknowledge ${open.length} alerts of ${name}`}
              >
                Acknowledge {open.length}
              </Button>
            )}
          </span>
        </header>
      )}
      <ul className="divide-y divide-line">
        {(fits ? alerts : alerts.slice(0, SHOWN_FIRST)).map(({ row, gone }) => (
          <AlertCard
            key={row.id}
            alert={row}
            heading={alerts.length > 1 ? name : ''}
            gone={gone}
            acts={acts}
            renderedAtMs={renderedAtMs}
          />
        ))}
      </ul>
      {!fits && (
        <button
          type="button"
          onClick={() => setAll(true)}
          className="touch h-9 w-full border-t border-line text-sm text-muted hover:bg-hover hover:text-ink"
        >
          Show {alerts.length - SHOWN_FIRST} more
        </button>
      )}
    </Card>
  );
}

'use client';

import { clsx } from 'clsx';
import Link from 'next/link';
import { Ago } from '#components/ui/ago.tsx';
import { Severity } from '#components/ui/severity.tsx';
import type { AlertRow } from '#lib/model/alert-view.ts';
import { paths } from '#lib/model/paths.ts';
import type { AckState } from './ack-marks.ts';
import { AcknowledgeButton } from './acknowledge-button.tsx';
import { AlertMarks, KeptOpen, WhoHasIt } from './alert-state.tsx';

export interface CardActs {
  stateOf: (alert: AlertRow) => AckState | null;
  acknowledge: (alerts: readonly AlertRow[]) => void;
  selected: ReadonlySet<string>;
  toggle: (alertId: string) => void;
  /** Why this person may not answer alerts; null when they may. */
  refusal: string | null;
}

interface AlertCardProps {
  alert: AlertRow;
  /** What stands above it and its like; it is not said again. */
  heading: string;
  /** It left this list while somebody was on it. */
  gone: boolean;
  acts: CardActs;
  renderedAtMs: number;
}

/** More labels of an alert without words would make its card a table. */
const LABELS_SHOWN = 4;

/** What is said of an alert below its title; of one that says nothing, the labels that tell it from its like. */
function aboutWords({ agent, title, message, labels }: AlertRow, heading: string): string {
  const isNamed = agent !== null && `${title} ${message}`.includes(agent.name);
  const said = [isNamed ? null : agent?.name, message].filter(Boolean).join(' · ');
  if (said !== '' || isNamed) return said;
  return Object.entries(labels)
    .filter(([name, value]) => name !== 'severity' && value !== heading && !title.includes(value))
    .toSorted(([a], [b]) => a.localeCompare(b))
    .slice(0, LABELS_SHOWN)
    .map(([name, value]) => `${name}: ${value}`)
    .join(', ');
}

/** One alert of the inbox: how urgent, what, where, since when, and one tap to take it. */
export function AlertCard({ alert, heading, gone, acts, renderedAtMs }: AlertCardProps) {
  const { id, title, status } = alert;
  const asks = status === 'active' && !gone;
  return (
    <li
      data-alert={id}
      data-status={status}
      className={clsx('flex flex-wrap items-center gap-x-2 px-3 py-2 md:flex-nowrap', gone && 'opacity-55')}
    >
      <label className="touch -ml-1 flex size-8 items-center justify-center">
        <input
          type="checkbox"
          className="size-4 accent-(--n-12)"
          aria-label={`Select ${title}`}
          checked={acts.selected.has(id)}
          disabled={gone}
          onChange={() => acts.toggle(id)}
        />
      </label>
      <Link href={paths.alert(id)} className="min-w-0 flex-1 rounded-md px-1 py-1 hover:bg-hover">
        <span className="flex flex-wrap items-center gap-x-2 gap-y-0.5 text-xs">
          <Severity severity={alert.severity} over={status === 'resolved'} />
          <AlertMarks alert={alert} />
          <span className="ml-auto text-muted">
            <Ago atMs={alert.startsAt} renderedAtMs={renderedAtMs} words="span" />
          </span>
        </span>
        <span className="block text-base font-medium wrap-anywhere">{title}</span>
        <span className="line-clamp-2 text-sm text-muted wrap-anywhere">{aboutWords(alert, heading)}</span>
        <span className="flex flex-wrap gap-x-3 text-xs text-muted">
          <KeptOpen alert={alert} renderedAtMs={renderedAtMs} />
          <WhoHasIt alert={alert} renderedAtMs={renderedAtMs} />
        </span>
      </Link>
      {asks && (
        <AcknowledgeButton
          name={title}
          state={acts.stateOf(alert)}
          refusal={acts.refusal}
          className="max-md:mt-1 max-md:w-full"
          onAcknowledge={() => acts.acknowledge([alert])}
        />
      )}
    </li>
  );
}

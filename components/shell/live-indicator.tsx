'use client';

import { clsx } from 'clsx';
import { useConnection } from '#components/live/hooks.ts';
import { Tooltip } from '#components/ui/tooltip.tsx';
import type { ConnectionState } from '#lib/model/live.ts';

const LOOKS: Record<ConnectionState, { word: string; mark: string; text: string }> = {
  connecting: { word: 'Connecting', mark: 'border-2 border-faint', text: 'text-muted' },
  live: { word: 'Live', mark: 'bg-ok', text: 'text-ink' },
  reconnecting: { word: 'Reconnecting', mark: 'border-2 border-warning', text: 'text-warning-text' },
  stale: { word: 'Stale', mark: 'rotate-45 rounded-none! bg-warning', text: 'text-warning-text' },
  'signed-out': { word: 'Signed out', mark: 'rounded-none! bg-critical', text: 'text-critical-text' },
};

function ageWords(ageMs: number | null): string {
  if (ageMs === null) return '';
  return ageMs < 1000 ? 'now' : `${Math.floor(ageMs / 1000)} s`;
}

/** State of the connection and age of the data, always in sight; a word and a shape beside the hue. */
export function LiveIndicator() {
  const { state, ageMs, reason } = useConnection();
  const look = LOOKS[state];
  const age = ageWords(ageMs);
  const words = reason ?? (state === 'live' ? 'Values on this page move as telemetry arrives.' : look.word);
  return (
    <Tooltip
      text={
        age === ''
          ? words
          : `${words} Last word from the server: ${age === 'now' ? 'under 1 s ago' : `${age} ago`}.`
      }
    >
      <button
        type="button"
        data-connection={state}
        aria-label={`${look.word}${age === '' ? '' : `, data ${age === 'now' ? 'is current' : `${age} old`}`}`}
        className="touch inline-flex h-8 cursor-default! items-center justify-center gap-2 rounded-md px-2 text-xs sm:w-36 sm:justify-start"
      >
        <span className={clsx('size-2 rounded-full', look.mark)} />
        <span className={clsx('font-medium', look.text)}>{look.word}</span>
        <span className="min-w-7 text-left text-muted">{age}</span>
      </button>
    </Tooltip>
  );
}

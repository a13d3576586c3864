import { clsx } from 'clsx';
import { type StatusLook, TONE_TEXT, ToneMark } from '#components/ui/status.tsx';
import type { RuleState as State } from './rules-verdict.ts';

export const STATE_LOOKS: Record<State, StatusLook> = {
  firing: { tone: 'critical', word: 'Firing', shape: 'diamond' },
  error: { tone: 'critical', word: 'Not evaluated', shape: 'cross' },
  pending: { tone: 'warning', word: 'Pending', shape: 'triangle' },
  recovering: { tone: 'progress', word: 'Recovering', shape: 'half' },
  learning: { tone: 'progress', word: 'Learning', shape: 'half' },
  quiet: { tone: 'ok', word: 'Quiet', shape: 'disc' },
  off: { tone: 'unknown', word: 'Off', shape: 'square' },
};

/** Mark and word of a rule's state. */
export function RuleState({ state }: { state: State }) {
  const look = STATE_LOOKS[state];
  return (
    <span className="inline-flex items-center gap-1.5 whitespace-nowrap">
      <ToneMark tone={look.tone} shape={look.shape} />
      <span className={clsx(look.tone !== 'ok' && 'font-medium', look.tone !== 'ok' && TONE_TEXT[look.tone])}>
        {look.word}
      </span>
    </span>
  );
}

import { clsx } from 'clsx';
import type { AlertStatus, Severity as SeverityName } from '#lib/model/alert.ts';
import { type StatusLook, TONE_TEXT, ToneMark } from './status.tsx';

/** One row a severity: hue, shape and word always go together. The most urgent first. */
export const SEVERITY_LOOKS: Record<SeverityName, StatusLook> = {
  critical: { tone: 'critical', word: 'Critical', shape: 'diamond' },
  error: { tone: 'critical', word: 'Error', shape: 'cross' },
  warning: { tone: 'warning', word: 'Warning', shape: 'triangle' },
  info: { tone: 'progress', word: 'Info', shape: 'half' },
};

/** Severities with the most urgent first. */
export const SEVERITIES_BY_URGENCY = Object.keys(SEVERITY_LOOKS) as SeverityName[];

export const ALERT_STATUS_WORDS: Record<AlertStatus, string> = {
  active: 'Active',
  acknowledged: 'Acknowledged',
  resolved: 'Resolved',
};

/** Mark and word of a severity in one line; without its hue once the alert is over. */
export function Severity({ severity, over = false }: { severity: SeverityName; over?: boolean }) {
  const look = SEVERITY_LOOKS[severity];
  const tone = over ? 'unknown' : look.tone;
  return (
    <span className={clsx('inline-flex items-center gap-1.5 font-medium whitespace-nowrap', TONE_TEXT[tone])}>
      <ToneMark tone={tone} shape={look.shape} />
      {look.word}
    </span>
  );
}

import { clsx } from 'clsx';
import type { AgentStatus } from '#lib/model/agent.ts';

/** What a status asks of a person; the hue follows from it. */
export type Tone = 'ok' | 'warning' | 'critical' | 'unknown' | 'progress';

export interface StatusLook {
  tone: Tone;
  /** Sentence case word. */
  word: string;
  /** The silhouette, distinct without colour. */
  shape: 'disc' | 'triangle' | 'diamond' | 'cross' | 'square' | 'half';
}

/** One row a status: hue, shape and word always go together. Ordered by need for attention. */
export const STATUS_LOOKS: Record<AgentStatus, StatusLook> = {
  error: { tone: 'critical', word: 'Error', shape: 'diamond' },
  unreachable: { tone: 'critical', word: 'Unreachable', shape: 'cross' },
  degraded: { tone: 'warning', word: 'Degraded', shape: 'triangle' },
  deploying: { tone: 'progress', word: 'Deploying', shape: 'half' },
  scaling: { tone: 'progress', word: 'Scaling', shape: 'half' },
  running: { tone: 'ok', word: 'Running', shape: 'disc' },
  stopped: { tone: 'unknown', word: 'Stopped', shape: 'square' },
};

/** Statuses with the most urgent first. */
export const STATUSES_BY_URGENCY = Object.keys(STATUS_LOOKS) as AgentStatus[];

export const TONE_TEXT: Record<Tone, string> = {
  ok: 'text-ok-text',
  warning: 'text-warning-text',
  critical: 'text-critical-text',
  unknown: 'text-unknown-text',
  progress: 'text-accent-text',
};

const TONE_FILL: Record<Tone, string> = {
  ok: 'text-ok',
  warning: 'text-warning',
  critical: 'text-critical',
  unknown: 'text-unknown',
  progress: 'text-accent',
};

export const TONE_TINT: Record<Tone, string> = {
  ok: 'bg-ok-tint',
  warning: 'bg-warning-tint',
  critical: 'bg-critical-tint',
  unknown: 'bg-unknown-tint',
  progress: 'bg-accent-tint',
};

const SHAPES: Record<StatusLook['shape'], React.ReactNode> = {
  disc: <circle cx="6" cy="6" r="4" fill="currentColor" />,
  triangle: <path d="M6 1.2 11 10.4H1z" fill="currentColor" />,
  diamond: <path d="M6 .6 11.4 6 6 11.4.6 6z" fill="currentColor" />,
  cross: (
    <path
      d="M2.2 2.2l7.6 7.6M9.8 2.2 2.2 9.8"
      stroke="currentColor"
      strokeWidth="2.2"
      strokeLinecap="round"
    />
  ),
  square: (
    <rect x="2.5" y="2.5" width="7" height="7" rx="1" fill="none" stroke="currentColor" strokeWidth="1.6" />
  ),
  half: (
    <>
      <circle cx="6" cy="6" r="4.2" fill="none" stroke="currentColor" strokeWidth="1.6" />
      <path d="M6 1.8a4.2 4.2 0 0 1 0 8.4z" fill="currentColor" />
    </>
  ),
};

/** A silhouette in the hue of a tone; decoration beside its word. */
export function ToneMark({ tone, shape, className }: Omit<StatusLook, 'word'> & { className?: string }) {
  return (
    <svg
      viewBox="0 0 12 12"
      width="12"
      height="12"
      aria-hidden="true"
      className={clsx('shrink-0', TONE_FILL[tone], className)}
    >
      {SHAPES[shape]}
    </svg>
  );
}

/** The mark alone; decoration beside its word. */
export function StatusMark({ status, className }: { status: AgentStatus; className?: string }) {
  const { tone, shape } = STATUS_LOOKS[status];
  return <ToneMark tone={tone} shape={shape} className={className} />;
}

/** Mark and word in one line. */
export function Status({ status }: { status: AgentStatus }) {
  const look = STATUS_LOOKS[status];
  return (
    <span className="inline-flex items-center gap-1.5 whitespace-nowrap">
      <StatusMark status={status} />
      <span className={look.tone === 'ok' ? 'text-ink' : clsx('font-medium', TONE_TEXT[look.tone])}>
        {look.word}
      </span>
    </span>
  );
}

/** A small tinted label. */
export function Badge({ tone = 'unknown', children }: { tone?: Tone; children: React.ReactNode }) {
  return (
    <span
      className={clsx(
        'inline-flex h-5 items-center gap-1 rounded-sm px-1.5 text-xs font-medium whitespace-nowrap',
        TONE_TINT[tone],
        TONE_TEXT[tone],
      )}
    >
      {children}
    </span>
  );
}

import { clsx } from 'clsx';
import type { GateEvidence } from '#lib/model/gate.ts';
import { scaleOf } from './gate-words.ts';

const percent = (share: number): string => `${share * 100}%`;

const TONES: Record<GateEvidence['state'], string> = {
  pass: 'bg-ok',
  fail: 'bg-critical',
  inconclusive: 'bg-accent',
  no_data: 'bg-line-strong',
};

/** The change of a metric with its interval, against no change and what is allowed; the words beside it say the same. */
export function IntervalBar({ evidence }: { evidence: GateEvidence }) {
  const { zero, margin, from, to, at } = scaleOf(evidence);
  return (
    <div aria-hidden="true" className="relative h-5 w-full rounded-sm bg-sunken">
      <span className="absolute inset-y-0 w-px bg-line-strong" style={{ left: percent(zero) }} />
      <span
        className="absolute inset-y-0 w-0 border-l border-dashed border-warning-text"
        style={{ left: percent(margin) }}
      />
      {from !== null && to !== null && (
        <span
          className={clsx('absolute top-2 h-1 rounded-full', TONES[evidence.state])}
          style={{ left: percent(from), width: percent(Math.max(0.005, to - from)) }}
        />
      )}
      {at !== null && (
        <span
          className={clsx('absolute top-1 size-3 -translate-x-1/2 rounded-full', TONES[evidence.state])}
          style={{ left: percent(at) }}
        />
      )}
    </div>
  );
}

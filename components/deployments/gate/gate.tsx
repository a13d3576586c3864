import { clsx } from 'clsx';
import { Ago } from '#components/ui/ago.tsx';
import { Card, CardHeader } from '#components/ui/card.tsx';
import { Moment } from '#components/ui/moment.tsx';
import type { GateView, LookVerdict } from '#lib/model/deployment-gate.ts';
import { formatPlural } from '#lib/model/format.ts';
import type { GateEvidence, QueryEvidence } from '#lib/model/gate.ts';
import {
  changeWords,
  looksWords,
  METRIC_NAMES,
  rangeWords,
  STATE_WORDS,
  VERDICT_WORDS,
  valueWords,
} from './gate-words.ts';
import { IntervalBar } from './interval-bar.tsx';

const TONES: Record<GateEvidence['state'] | LookVerdict, string> = {
  pass: 'text-ok-text',
  fail: 'text-critical-text',
  error: 'text-critical-text',
  inconclusive: 'text-muted',
  no_data: 'text-muted',
};

/** How a version is judged by its telemetry: the figures of the last look, the looks so far, and what comes. */
export function Gate({ gate, renderedAtMs }: { gate: GateView; renderedAtMs: number }) {
  const last = gate.looks.findLast(({ judgement }) => judgement !== null)?.judgement ?? null;
  return (
    <Card label="Gate">
      <CardHeader
        title="Judged by its telemetry"
        hint={gate.baselineVersion === null ? undefined : `against ${gate.baselineVersion}`}
      />
      <div data-gate={gate.state} className="flex flex-col gap-3 px-4 pb-4 text-sm">
        <p role="status" className={clsx(gate.state === 'failed' && 'text-critical-text')}>
          {STATE_WORDS[gate.state]} {gate.letThroughBy !== null && `It was ${gate.letThroughBy}.`}
        </p>
        {last && (
          <>
            <p className="text-xs text-muted">
              {formatPlural(last.candidate.totalRuns, 'run')} of {last.candidate.version},{' '}
              {formatPlural(last.baseline.totalRuns, 'run')} of {last.baseline.version}{' '}
              {last.comparison === 'same_window' ? 'in the same time' : 'in its last time before'}
            </p>
            <ul className="flex flex-col gap-3">
              {last.metrics.map((evidence) => (
                <Metric key={evidence.metric} evidence={evidence} />
              ))}
              {last.queries.map((query) => (
                <Query key={`${query.source}/${query.template}`} query={query} />
              ))}
            </ul>
          </>
        )}
        <Looks gate={gate} renderedAtMs={renderedAtMs} />
      </div>
    </Card>
  );
}

function Metric({ evidence }: { evidence: GateEvidence }) {
  const { metric, state, candidate, baseline, margin, reason } = evidence;
  return (
    <li data-metric={metric} data-state={state} className="flex flex-col gap-1">
      <div className="flex flex-wrap items-baseline gap-x-2">
        <span className="font-medium">{METRIC_NAMES[metric]}</span>
        <span className={clsx('text-xs', TONES[state])}>{VERDICT_WORDS[state]}</span>
        <span className="ml-auto tabular-nums">
          {valueWords(metric, baseline.value)} → {valueWords(metric, candidate.value)}
        </span>
      </div>
      <IntervalBar evidence={evidence} />
      <p className="text-xs text-muted">
        {rangeWords(evidence)}; {changeWords(metric, margin)} is allowed
      </p>
      <p className="text-xs wrap-anywhere">{reason}</p>
    </li>
  );
}

function Query({ query }: { query: QueryEvidence }) {
  return (
    <li className="flex flex-col gap-1">
      <div className="flex flex-wrap items-baseline gap-x-2">
        <span className="font-medium">{query.source}</span>
        <span className={clsx('text-xs', TONES[query.state])}>{VERDICT_WORDS[query.state]}</span>
      </div>
      <p className="text-xs wrap-anywhere">{query.reason}</p>
    </li>
  );
}

/** The looks so far, one mark each, and when the next one comes. */
function Looks({ gate, renderedAtMs }: { gate: GateView; renderedAtMs: number }) {
  const { looks, nextLookAt, endsAt, heldUntil, state } = gate;
  return (
    <div className="flex flex-col gap-1 text-xs text-muted">
      <p>{looksWords(gate)}</p>
      <ol aria-label="Looks" className="flex flex-wrap gap-x-3 gap-y-1">
        {looks.map(({ look, verdict, at }) => (
          <li key={look}>
            {look}: <span className={TONES[verdict]}>{VERDICT_WORDS[verdict]}</span>,{' '}
            <Ago atMs={at} renderedAtMs={renderedAtMs} />
          </li>
        ))}
      </ol>
      {nextLookAt !== null && endsAt !== null && (
        <p>
          The next look is at <Moment atMs={nextLookAt} />, the last one at <Moment atMs={endsAt} />.
        </p>
      )}
      {state === 'held' && heldUntil !== null && (
        <p>
          It fails at <Moment atMs={heldUntil} /> unless somebody lets it through or takes it back.
        </p>
      )}
    </div>
  );
}

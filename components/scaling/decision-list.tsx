import { Ago } from '#components/ui/ago.tsx';
import { Card, CardHeader } from '#components/ui/card.tsx';
import { Badge } from '#components/ui/status.tsx';
import type { ScalingDecision } from '#lib/model/scaling.ts';
import { changeWords, RESULT_LOOKS } from './words.ts';

interface DecisionListProps {
  decisions: readonly ScalingDecision[];
  renderedAtMs: number;
}

/** What was asked for and what became of it, each with its reason, the newest first. */
export function DecisionList({ decisions, renderedAtMs }: DecisionListProps) {
  return (
    <Card label="Decisions">
      <CardHeader title="Decisions" hint="newest first; kept for 30 days" />
      {decisions.length === 0 ? (
        <p className="px-4 pb-4 text-sm text-muted">Nothing was decided yet.</p>
      ) : (
        <ol className="pb-1">
          {decisions.map((decision) => {
            const { word, tone } = RESULT_LOOKS[decision.result];
            return (
              <li
                key={decision.id}
                className="flex flex-wrap items-baseline gap-x-3 gap-y-1 border-t border-line px-4 py-2 text-sm"
              >
                <span className="flex w-40 shrink-0 items-center gap-2">
                  <Badge tone={tone}>{word}</Badge>
                  <span className="font-medium tabular-nums">{changeWords(decision)}</span>
                </span>
                <span className="min-w-0 flex-1 basis-64 wrap-anywhere">
                  {decision.words}
                  {decision.isDryRun && decision.result === 'recommended' && (
                    <span className="text-muted"> Dry run.</span>
                  )}
                </span>
                <span className="text-xs text-muted">
                  <Ago atMs={decision.at} renderedAtMs={renderedAtMs} />
                </span>
              </li>
            );
          })}
        </ol>
      )}
    </Card>
  );
}

'use client';

import type { Refusals } from '#components/alerts/refusals.ts';
import { ReadTrouble } from '#components/live/read-trouble.tsx';
import { Card, CardHeader } from '#components/ui/card.tsx';
import type { AlertDetail } from '#lib/model/alert-view.ts';
import { formatPlural } from '#lib/model/format.ts';
import { AlertActs } from './alert-acts.tsx';
import { AlertContext, type AlertSurroundings } from './alert-context.tsx';
import { AlertHead } from './alert-head.tsx';
import { AlertLabels } from './alert-labels.tsx';
import { CommentForm } from './comment-form.tsx';
import { type DeploymentActions, DeploymentNote } from './deployment-note.tsx';
import type { Evidence } from './evidence.ts';
import { EvidenceChart } from './evidence-chart.tsx';
import { Feedback } from './feedback.tsx';
import { Timeline } from './timeline.tsx';
import { useActs } from './use-acts.ts';
import { useAlert } from './use-alert.ts';

interface AlertViewProps {
  alert: AlertDetail;
  evidence: Evidence | null;
  surroundings: AlertSurroundings;
  /** People an alert can be handed to. */
  people: readonly { id: string; name: string }[];
  refusals: Refusals;
  deploymentActions: DeploymentActions;
  renderedAtMs: number;
}

/** One alert: what happened, the evidence, what was done, and what can be done now. */
export function AlertView(props: AlertViewProps) {
  const { evidence, surroundings, people, refusals, renderedAtMs } = props;
  const { alert, failure, refresh } = useAlert(props.alert);
  const acts = useActs(alert.id, refresh);
  const answering = { alert, acts, refusals };
  return (
    <div className="flex flex-col gap-3">
      <AlertHead alert={alert} renderedAtMs={renderedAtMs} />
      {failure !== null && (
        <ReadTrouble title="The alert could not be read" failure={failure} again={() => void refresh()} />
      )}
      <AlertActs {...answering} people={people} confirmed={refresh} />
      {alert.agent !== null && surroundings.deployment && (
        <DeploymentNote
          agent={alert.agent}
          before={surroundings.deployment}
          beganMs={alert.conditionSince ?? alert.startsAt}
          actions={props.deploymentActions}
        />
      )}
      <div className="grid items-start gap-3 lg:grid-cols-[minmax(0,1fr)_320px]">
        <div className="flex min-w-0 flex-col gap-3">
          {evidence !== null && (
            <EvidenceChart
              evidence={evidence}
              startsAtMs={alert.startsAt}
              resolvedAtMs={alert.resolved?.at ?? null}
            />
          )}
          <Card label="Timeline">
            <CardHeader title="Timeline" hint={formatPlural(alert.events.length, 'entry', 'entries')} />
            <CommentForm {...answering} />
            <Timeline events={alert.events} renderedAtMs={renderedAtMs} />
          </Card>
        </div>
        <div className="flex min-w-0 flex-col gap-3">
          <AlertContext alert={alert} surroundings={surroundings} renderedAtMs={renderedAtMs} />
          <Feedback {...answering} />
          <AlertLabels alert={alert} />
        </div>
      </div>
    </div>
  );
}

import Link from 'next/link';
import type { ReactNode } from 'react';
import { Ago } from '#components/ui/ago.tsx';
import { Card } from '#components/ui/card.tsx';
import type { VersionChange } from '#lib/model/agent-view.ts';
import type { AlertDetail } from '#lib/model/alert-view.ts';
import type { DeploymentBefore } from '#lib/model/deployment-view.ts';
import { paths } from '#lib/model/paths.ts';
import { MaybeLink } from './alert-labels.tsx';

/** What stands around an alert: the rule or sender, the last change of its agent, who has the pager. */
export interface AlertSurroundings {
  rule: { id: string; name: string } | null;
  /** The integration that sent it. */
  sender: { id: string; name: string } | null;
  lastVersion: VersionChange | null;
  /** The deployment in the time before it; null: none was. Left out for who may not see deployments. */
  deployment?: DeploymentBefore | null;
  onCall: readonly { schedule: string; person: string | null }[];
}

interface AlertContextProps {
  alert: AlertDetail;
  surroundings: AlertSurroundings;
  renderedAtMs: number;
}

const LINK = 'underline-offset-2 hover:underline';
const HOUR_MS = 3_600_000;

/** Where to go on: runbook, agent, runs, last version, rule, and who is on call. */
export function AlertContext({ alert, surroundings, renderedAtMs }: AlertContextProps) {
  const { agent, runbookUrl, generatorUrl, reopenedFrom } = alert;
  const { rule, sender, lastVersion, onCall, deployment } = surroundings;
  const around = { from: alert.startsAt - HOUR_MS, to: Math.min(renderedAtMs, alert.startsAt + HOUR_MS) };
  return (
    <Card label="Context">
      <dl className="flex flex-col gap-2.5 px-4 py-3 text-sm">
        <Line name="Runbook" text={runbookUrl}>
          {runbookUrl && <MaybeLink text={runbookUrl} />}
        </Line>
        {agent !== null && (
          <>
            <Line name="Agent">
              <Link href={paths.agent(agent.id)} className={LINK}>
                {agent.name}
              </Link>
            </Line>
            <Line name="Runs around its beginning">
              <Link href={paths.agent(agent.id, 'runs', { ...around, status: 'error' })} className={LINK}>
                Failed runs
              </Link>
              {', '}
              <Link href={paths.agent(agent.id, 'runs', around)} className={LINK}>
                all runs
              </Link>
            </Line>
            {deployment === null && (
              <Line name="Last deployment">
                <span className="text-muted">None in the two hours before it began.</span>
              </Line>
            )}
            <Line name="Last version seen">
              {lastVersion === null ? (
                <span className="text-muted">No other version was seen.</span>
              ) : (
                <>
                  {lastVersion.from} became {lastVersion.to}{' '}
                  <Ago atMs={lastVersion.at} renderedAtMs={renderedAtMs} />
                  {lastVersion.at <= alert.startsAt && alert.startsAt - lastVersion.at < HOUR_MS && (
                    <strong className="block font-medium text-warning-text">
                      Within an hour before the alert began
                    </strong>
                  )}
                </>
              )}
            </Line>
          </>
        )}
        <Line name="On call now">
          {onCall.length === 0 ? (
            <span className="text-muted">There is no schedule.</span>
          ) : (
            onCall.map(({ schedule, person }) => (
              <span key={schedule} className="block">
                {person ?? 'Nobody'} <span className="text-xs text-muted">{schedule}</span>
              </span>
            ))
          )}
        </Line>
        {rule !== null && (
          <Line name="Rule">
            <Link href={paths.alertRule(rule.id)} className={LINK}>
              {rule.name}
            </Link>
          </Line>
        )}
        {sender !== null && (
          <Line name="Received from">
            <Link href={paths.alertIntegration(sender.id)} className={LINK}>
              {sender.name}
            </Link>
          </Line>
        )}
        <Line name="Source" text={generatorUrl}>
          {generatorUrl && <MaybeLink text={generatorUrl} />}
        </Line>
        {reopenedFrom !== null && (
          <Line name="Opened again from">
            <Link href={paths.alert(reopenedFrom)} className={LINK}>
              an earlier alert
            </Link>
          </Line>
        )}
      </dl>
    </Card>
  );
}

/** One line; left out where it is about a text that is not there. */
function Line({ name, text = '', children }: { name: string; text?: string | null; children: ReactNode }) {
  if (text === null) return null;
  return (
    <div className="min-w-0">
      <dt className="text-xs text-muted">{name}</dt>
      <dd className="wrap-anywhere">{children}</dd>
    </div>
  );
}

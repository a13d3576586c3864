import type { Metadata } from 'next';
import Link from 'next/link';
import { openInTeam } from '#app/(auth)/actions.ts';
import type { AlertSurroundings } from '#components/alerts/detail/alert-context.tsx';
import { AlertView } from '#components/alerts/detail/alert-view.tsx';
import { evidenceOf } from '#components/alerts/detail/evidence.ts';
import { OtherTeam } from '#components/alerts/detail/other-team.tsx';
import { refusalsOf } from '#components/alerts/refusals.ts';
import { listVersionChanges } from '#lib/agents/version-queries.ts';
import { listIntegrations } from '#lib/alerts/integrations/queries.ts';
import { getRule, listRules } from '#lib/alerts/rules/verbs/queries.ts';
import { deploymentBefore } from '#lib/deployments/deployment-before.ts';
import type { RuleDetail } from '#lib/model/alert-rule-view.ts';
import type { AlertDetail } from '#lib/model/alert-view.ts';
import { SUSPECT_MS } from '#lib/model/deployment-view.ts';
import { paths } from '#lib/model/paths.ts';
import { listOnCallPeople, whoIsOnCall } from '#lib/on-call/queries.ts';
import { maySeeDeployments } from '#lib/web/has-feature.ts';
import { read, requireActor } from '#lib/web/session.ts';
import { cancelDeployment, rollBackDeployment } from '../../deployments/actions.ts';
import { records } from '../../records.ts';

interface Props {
  params: Promise<{ id: string }>;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const found = await records.alert((await params).id);
  return { title: 'alert' in found ? found.alert.title : 'Alert' };
}

/** The rule that found it, where there still is one. */
async function ruleOf({ source, sourceId }: AlertDetail): Promise<RuleDetail | null> {
  if (source !== 'rule') return null;
  const { items } = await read(listRules, {});
  return items.some(({ id }) => id === sourceId) ? read(getRule, { id: sourceId }) : null;
}

/** The integration that sent it, where there still is one. */
async function senderOf({ source, sourceId }: AlertDetail): Promise<AlertSurroundings['sender']> {
  if (source !== 'integration') return null;
  const { items } = await read(listIntegrations, {});
  const sender = items.find(({ id }) => id === sourceId);
  return sender ? { id: sender.id, name: sender.name } : null;
}

/** The deployment that may have caused it; nothing for who may not see deployments. */
async function suspectOf({ agent, conditionSince, startsAt }: AlertDetail) {
  if (agent === null || !(await maySeeDeployments())) return {};
  const input = { agentId: agent.id, at: conditionSince ?? startsAt, withinMs: SUSPECT_MS };
  return { deployment: await read(deploymentBefore, input) };
}

async function surroundingsOf(alert: AlertDetail, rule: RuleDetail | null): Promise<AlertSurroundings> {
  const [versions, report, sender, suspect] = await Promise.all([
    alert.agent === null ? [] : read(listVersionChanges, { agentId: alert.agent.id }),
    read(whoIsOnCall, {}),
    senderOf(alert),
    suspectOf(alert),
  ]);
  return {
    rule: rule && { id: rule.id, name: rule.name },
    sender,
    ...suspect,
    lastVersion: versions[0] ?? null,
    onCall: report.schedules.map(({ name, now }) => ({
      schedule: name,
      person: now?.person?.name ?? null,
    })),
  };
}

export default async function AlertPage({ params }: Props) {
  const { id } = await params;
  const [{ permissions }, found] = await Promise.all([requireActor(), records.alert(id)]);
  if ('elsewhere' in found)
    return (
      <OtherTeam
        name={found.elsewhere.name}
        open={openInTeam.bind(null, found.elsewhere.id, paths.alert(id))}
      />
    );
  const { alert } = found;
  const rule = await ruleOf(alert);
  const [surroundings, people] = await Promise.all([surroundingsOf(alert, rule), read(listOnCallPeople, {})]);
  const renderedAtMs = Date.now();
  return (
    <div className="flex flex-col gap-2">
      <p className="text-xs text-muted">
        <Link href={paths.alerts()} className="touch inline-flex items-center hover:text-ink hover:underline">
          Alerts
        </Link>
      </p>
      <AlertView
        key={alert.id}
        alert={alert}
        evidence={evidenceOf(alert, rule?.definition ?? null, renderedAtMs)}
        surroundings={surroundings}
        people={people.map(({ id, name }) => ({ id, name }))}
        refusals={refusalsOf(permissions)}
        deploymentActions={{ rollBack: rollBackDeployment, cancel: cancelDeployment }}
        renderedAtMs={renderedAtMs}
      />
    </div>
  );
}

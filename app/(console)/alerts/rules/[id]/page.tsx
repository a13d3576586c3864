import type { Metadata } from 'next';
import { RuleView } from '#components/alert-rules/rule-view.tsx';
import { AlertSections } from '#components/alerts/detail/alert-sections.tsx';
import { listRuleTransitions, listRuleVersions } from '#lib/alerts/rules/verbs/queries.ts';
import { paths } from '#lib/model/paths.ts';
import { read, requireActor } from '#lib/web/session.ts';
import { records } from '../../../records.ts';
import { deleteRule, restoreRuleVersion, updateRule } from '../actions.ts';

export const metadata: Metadata = { title: 'Alert rule' };

export default async function RulePage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  const { permissions } = await requireActor(paths.alertRule(id));
  const [rule, transitions, versions] = await Promise.all([
    records.alertRule(id),
    read(listRuleTransitions, { id }),
    read(listRuleVersions, { id }),
  ]);
  const mayChange = permissions.has('alert-rules:update');
  const actions = mayChange ? { update: updateRule, remove: deleteRule, restore: restoreRuleVersion } : null;
  return (
    <div className="flex flex-col gap-4">
      <AlertSections />
      <RuleView
        rule={rule}
        transitions={transitions.items}
        versions={versions.items}
        actions={actions}
        renderedAtMs={Date.now()}
      />
    </div>
  );
}

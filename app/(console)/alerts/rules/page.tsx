import { Plus } from 'lucide-react';
import type { Metadata } from 'next';
import { ImportExport } from '#components/alert-rules/import-export.tsx';
import { RuleList } from '#components/alert-rules/rule-list.tsx';
import { rulesVerdict } from '#components/alert-rules/rules-verdict.ts';
import { AlertSections } from '#components/alerts/detail/alert-sections.tsx';
import { ButtonLink } from '#components/ui/button.tsx';
import { PageHeader } from '#components/ui/page.tsx';
import { listRules } from '#lib/alerts/rules/verbs/queries.ts';
import { paths } from '#lib/model/paths.ts';
import { read, requireActor } from '#lib/web/session.ts';
import { exportRules, importRules, updateRule } from './actions.ts';

export const metadata: Metadata = { title: 'Alert rules' };

export default async function RulesPage() {
  const { permissions } = await requireActor(paths.alertRules());
  const { items } = await read(listRules, {});
  const mayChange = permissions.has('alert-rules:update');
  return (
    <div className="flex flex-col gap-4">
      <AlertSections />
      <PageHeader
        title="Alert rules"
        actions={
          <>
            <ImportExport importRules={mayChange ? importRules : null} exportRules={exportRules} />
            {mayChange && (
              <ButtonLink href={paths.newAlertRule()} variant="primary" icon={Plus}>
                New rule
              </ButtonLink>
            )}
          </>
        }
      >
        {rulesVerdict(items)}
      </PageHeader>
      <RuleList rules={items} update={mayChange ? updateRule : null} renderedAtMs={Date.now()} />
    </div>
  );
}

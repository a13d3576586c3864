import type { Metadata } from 'next';
import { draftOf, NEW_RULE } from '#components/alert-rules/draft.ts';
import { RuleEditor } from '#components/alert-rules/rule-editor.tsx';
import { PageHeader } from '#components/ui/page.tsx';
import { StateMessage } from '#components/ui/states.tsx';
import { paths } from '#lib/model/paths.ts';
import { requireActor } from '#lib/web/session.ts';
import { records } from '../../../../records.ts';
import { updateRule } from '../../actions.ts';
import { editorChoices } from '../../choices.ts';

export const metadata: Metadata = { title: 'Edit alert rule' };

export default async function EditRulePage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  const { permissions } = await requireActor(paths.editAlertRule(id));
  const rule = await records.alertRule(id);
  const { version, name, enabled, definition } = rule;
  const start = definition ? draftOf({ name, enabled, definition }) : { ...NEW_RULE, name, enabled };
  return (
    <div className="flex flex-col gap-4">
      <PageHeader title={`Edit ${name}`}>
        What fires goes on firing unless the new version says otherwise.
        {definition === null && ' What is stored cannot be read: saving replaces it.'}
      </PageHeader>
      {permissions.has('alert-rules:update') ? (
        <RuleEditor
          start={start}
          ruleId={id}
          choices={await editorChoices()}
          saving={{ update: updateRule, kept: { id, ifVersion: version } }}
        />
      ) : (
        <StateMessage kind="no-permission" title="Your role may not change rules">
          Developers and admins of your team may.
        </StateMessage>
      )}
    </div>
  );
}

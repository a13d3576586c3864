import type { Metadata } from 'next';
import { NEW_RULE } from '#components/alert-rules/draft.ts';
import { RuleEditor } from '#components/alert-rules/rule-editor.tsx';
import { PageHeader } from '#components/ui/page.tsx';
import { StateMessage } from '#components/ui/states.tsx';
import { paths } from '#lib/model/paths.ts';
import { requireActor } from '#lib/web/session.ts';
import { createRule } from '../actions.ts';
import { editorChoices } from '../choices.ts';

export const metadata: Metadata = { title: 'New alert rule' };

export default async function NewRulePage() {
  const { permissions } = await requireActor(paths.newAlertRule());
  const isAllowed = permissions.has('alert-rules:create');
  return (
    <div className="flex flex-col gap-4">
      <PageHeader title="New alert rule" />
      {isAllowed ? (
        <RuleEditor
          start={NEW_RULE}
          ruleId={null}
          choices={await editorChoices()}
          saving={{ create: createRule }}
        />
      ) : (
        <StateMessage kind="no-permission" title="Your role may not make rules">
          Developers and admins of your team may.
        </StateMessage>
      )}
    </div>
  );
}

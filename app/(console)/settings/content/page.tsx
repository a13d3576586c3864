import type { Metadata } from 'next';
import { ContentCapture } from '#components/content/content-capture.tsx';
import { Erasures } from '#components/content/erasures.tsx';
import { NewRule } from '#components/content/new-rule.tsx';
import { RedactionRules } from '#components/content/redaction-rules.tsx';
import { Card, CardHeader } from '#components/ui/card.tsx';
import { PageHeader } from '#components/ui/page.tsx';
import { StateMessage } from '#components/ui/states.tsx';
import { listErasures } from '#lib/content/erasure/request-erasure.ts';
import { getContentSettings } from '#lib/content/redaction/queries.ts';
import { read, requireActor } from '#lib/web/session.ts';
import {
  createRule,
  deleteRule,
  eraseContent,
  previewRules,
  raiseRule,
  setCapture,
  updateRule,
} from './actions.ts';

export const metadata: Metadata = { title: 'Content' };

async function Managed() {
  const { capture, rules } = await read(getContentSettings, {});
  return (
    <>
      <ContentCapture capture={capture} setCapture={setCapture} />
      <Card label="Redaction">
        <CardHeader title="Redaction" hint="applied on arrival, in this order" />
        <p className="max-w-[68ch] px-4 pb-3 text-sm text-muted">
          What a rule finds in prompts, completions, tool arguments, error messages and log lines never
          reaches the database. Where a rule can't be applied, content is dropped and counted on the page of
          the receiver. A rule finds the usual forms; it proves nothing.
        </p>
        <RedactionRules
          rules={rules}
          actions={{ update: updateRule, remove: deleteRule, raise: raiseRule }}
        />
        <NewRule create={createRule} preview={previewRules} />
      </Card>
    </>
  );
}

async function Erasing() {
  const erasures = await read(listErasures, {});
  return <Erasures erasures={erasures} request={eraseContent} renderedAtMs={Date.now()} />;
}

export default async function ContentPage() {
  const { permissions } = await requireActor();
  return (
    <div className="flex max-w-3xl flex-col gap-4">
      <PageHeader title="Content">
        What agents say and are told: whether it is kept, and what of it never is.
      </PageHeader>
      {permissions.has('content:manage') ? (
        <Managed />
      ) : (
        <StateMessage kind="no-permission" title="Your role may not manage content">
          Admins of your team may.
        </StateMessage>
      )}
      {permissions.has('content:erase') && <Erasing />}
    </div>
  );
}

import type { Metadata } from 'next';
import { EMPTY_SOURCE } from '#components/gate-sources/source-draft.ts';
import { SourceForm } from '#components/gate-sources/source-form.tsx';
import { PageHeader } from '#components/ui/page.tsx';
import { StateMessage } from '#components/ui/states.tsx';
import { paths } from '#lib/model/paths.ts';
import { requireActor } from '#lib/web/session.ts';
import { createGateSource, testGateSource } from '../actions.ts';

export const metadata: Metadata = { title: 'New gate source' };

export default async function NewGateSourcePage() {
  const { permissions } = await requireActor(paths.newGateSource());
  if (!permissions.has('deployments:configure'))
    return (
      <StateMessage kind="no-permission" title="Your role may not connect gate sources">
        Admins of your team may.
      </StateMessage>
    );
  return (
    <div className="flex flex-col gap-4">
      <PageHeader title="New gate source">
        A Prometheus server and the questions that gates may ask it. Test each before you rely on it.
      </PageHeader>
      <SourceForm start={EMPTY_SOURCE} saving={{ create: createGateSource }} test={testGateSource} />
    </div>
  );
}

import { Plus } from 'lucide-react';
import type { Metadata } from 'next';
import { SourceList } from '#components/gate-sources/source-list.tsx';
import { ButtonLink } from '#components/ui/button.tsx';
import { PageHeader } from '#components/ui/page.tsx';
import { listGateSources } from '#lib/gates/sources/manage-sources.ts';
import { formatPlural } from '#lib/model/format.ts';
import { paths } from '#lib/model/paths.ts';
import { read, requireActor } from '#lib/web/session.ts';

export const metadata: Metadata = { title: 'Gate sources' };

export default async function GateSourcesPage() {
  const { permissions } = await requireActor(paths.gateSources());
  const { items } = await read(listGateSources, {});
  const mayConfigure = permissions.has('deployments:configure');
  const questions = items.reduce((sum, { templates }) => sum + templates.length, 0);
  return (
    <div className="flex flex-col gap-4">
      <PageHeader
        title="Gate sources"
        actions={
          mayConfigure && (
            <ButtonLink href={paths.newGateSource()} variant="primary" icon={Plus}>
              New source
            </ButtonLink>
          )
        }
      >
        {items.length === 0
          ? 'Gates judge versions by their telemetry alone.'
          : `Gates may ask ${formatPlural(items.length, 'server')} ${formatPlural(questions, 'question')} beside the telemetry of agents.`}
      </PageHeader>
      <SourceList sources={items} mayConfigure={mayConfigure} renderedAtMs={Date.now()} />
    </div>
  );
}

import type { Metadata } from 'next';
import { FeatureFlagList } from '#components/installation/feature-flags.tsx';
import { InstallationOnly } from '#components/installation/installation-only.tsx';
import { LastChange } from '#components/installation/last-change.tsx';
import { PageHeader } from '#components/ui/page.tsx';
import { paths } from '#lib/model/paths.ts';
import { getFeatureFlags } from '#lib/settings/queries.ts';
import { read, requireActor } from '#lib/web/session.ts';
import { saveFeatureFlags } from './actions.ts';

export const metadata: Metadata = { title: 'Feature flags' };

export default async function FeatureFlagsPage() {
  const { permissions } = await requireActor(paths.featureFlags());
  if (!permissions.has('installation:read')) return <InstallationOnly />;
  const view = await read(getFeatureFlags, {});
  const may = permissions.has('installation:update');
  return (
    <div className="flex flex-col gap-4">
      <PageHeader title="Feature flags">
        Which parts of the product this installation offers, once a version has them. A flip holds everywhere
        within 5 seconds. <LastChange state={view} renderedAtMs={Date.now()} />
      </PageHeader>
      <FeatureFlagList
        view={view}
        save={saveFeatureFlags}
        disabledReason={may ? null : 'Your role may look at these settings only.'}
      />
    </div>
  );
}

import type { Metadata } from 'next';
import { InstallationOnly } from '#components/installation/installation-only.tsx';
import { LastChange } from '#components/installation/last-change.tsx';
import { RateLimitsForm } from '#components/installation/rate-limits-form.tsx';
import { PageHeader } from '#components/ui/page.tsx';
import { paths } from '#lib/model/paths.ts';
import { getRateLimits } from '#lib/settings/queries.ts';
import { read, requireActor } from '#lib/web/session.ts';
import { saveRateLimits } from './actions.ts';

export const metadata: Metadata = { title: 'Rate limits' };

export default async function RateLimitsPage() {
  const { permissions } = await requireActor(paths.rateLimits());
  if (!permissions.has('installation:read')) return <InstallationOnly />;
  const view = await read(getRateLimits, {});
  const may = permissions.has('installation:update');
  return (
    <div className="flex flex-col gap-4">
      <PageHeader title="Rate limits">
        Whoever is over a limit is answered 429 with the seconds to wait. An empty field is the environment’s
        value. <LastChange state={view} renderedAtMs={Date.now()} />
      </PageHeader>
      <RateLimitsForm
        view={view}
        save={saveRateLimits}
        disabledReason={may ? null : 'Your role may look at these settings only.'}
      />
    </div>
  );
}

import type { Metadata } from 'next';
import { FreezeForm } from '#components/freeze-windows/freeze-form.tsx';
import { PageHeader } from '#components/ui/page.tsx';
import { StateMessage } from '#components/ui/states.tsx';
import { paths } from '#lib/model/paths.ts';
import { requireActor } from '#lib/web/session.ts';
import { knownEnvironments } from '../../../known-environments.ts';
import { createFreezeWindow, deploymentsHeldBy } from '../actions.ts';

export const metadata: Metadata = { title: 'Plan a freeze' };

const HOUR_MS = 3_600_000;

export default async function NewFreezeWindowPage() {
  const { permissions } = await requireActor(paths.newFreezeWindow());
  if (!permissions.has('deployments:configure'))
    return (
      <StateMessage kind="no-permission" title="Your role may not plan freezes">
        Admins of your team may.
      </StateMessage>
    );
  const nextHour = Math.ceil(Date.now() / HOUR_MS) * HOUR_MS;
  return (
    <div className="flex flex-col gap-4">
      <PageHeader title="Plan a freeze">
        Nothing new is deployed meanwhile; what was asked for waits. Rollbacks pass.
      </PageHeader>
      <FreezeForm
        isNew
        start={{ name: '', environment: '', startsAt: nextHour, endsAt: nextHour + 24 * HOUR_MS }}
        environments={await knownEnvironments()}
        saving={{ create: createFreezeWindow }}
        ask={deploymentsHeldBy}
        renderedAtMs={Date.now()}
      />
    </div>
  );
}

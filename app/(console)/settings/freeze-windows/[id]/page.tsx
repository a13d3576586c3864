import type { Metadata } from 'next';
import { FreezeForm } from '#components/freeze-windows/freeze-form.tsx';
import { ButtonLink } from '#components/ui/button.tsx';
import { PageHeader } from '#components/ui/page.tsx';
import { StateMessage } from '#components/ui/states.tsx';
import { EVERY_ENVIRONMENT } from '#lib/model/deployment.ts';
import { paths } from '#lib/model/paths.ts';
import { requireActor } from '#lib/web/session.ts';
import { knownEnvironments } from '../../../known-environments.ts';
import { records } from '../../../records.ts';
import { deploymentsHeldBy, updateFreezeWindow } from '../actions.ts';

export const metadata: Metadata = { title: 'Freeze window' };

export default async function FreezeWindowPage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  const { permissions } = await requireActor(paths.freezeWindow(id));
  const window = await records.freezeWindow(id);
  if (!permissions.has('deployments:configure'))
    return (
      <StateMessage kind="no-permission" title="Your role may not change freezes">
        Admins of your team may.
      </StateMessage>
    );
  const { name, environment, startsAt, endsAt, updatedAt, state, createdBy } = window;
  if (state === 'ended')
    return (
      <StateMessage
        kind="empty"
        title={`${name} is over`}
        action={<ButtonLink href={paths.newFreezeWindow()}>Plan another freeze</ButtonLink>}
      >
        What was stays as it was.
      </StateMessage>
    );
  return (
    <div className="flex flex-col gap-4">
      <PageHeader title={name}>
        Planned by {createdBy}. {state === 'on' ? 'It is on now.' : 'It has not begun yet.'}
      </PageHeader>
      <FreezeForm
        isNew={false}
        start={{
          ...{ name, startsAt, endsAt },
          environment: environment === EVERY_ENVIRONMENT ? '' : environment,
        }}
        environments={await knownEnvironments()}
        saving={{ update: updateFreezeWindow, kept: { id, ifUpdatedAt: updatedAt } }}
        ask={deploymentsHeldBy}
        renderedAtMs={Date.now()}
      />
    </div>
  );
}

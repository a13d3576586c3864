import type { Metadata } from 'next';
import { PolicyForm } from '#components/on-call/policy-form.tsx';
import { PageHeader } from '#components/ui/page.tsx';
import { StateMessage } from '#components/ui/states.tsx';
import { requireActor } from '#lib/web/session.ts';
import { createPolicy } from '../../actions.ts';
import { readTargets } from '../targets.ts';

export const metadata: Metadata = { title: 'New escalation policy' };

const START = { name: '', steps: [{ targets: [], delayMinutes: 5, hours: null }], repeat: 2 };

export default async function NewPolicyPage() {
  const { permissions } = await requireActor();
  return (
    <div className="flex flex-col gap-4">
      <PageHeader title="New escalation policy">
        A step that reaches nobody is passed over at once.
      </PageHeader>
      {permissions.has('on-call:manage') ? (
        <PolicyForm values={START} targets={await readTargets()} save={createPolicy} />
      ) : (
        <StateMessage kind="no-permission" title="Your role may not make policies">
          Developers and admins of your team may.
        </StateMessage>
      )}
    </div>
  );
}

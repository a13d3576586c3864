import type { Metadata } from 'next';
import { EditPolicyForm } from '#components/on-call/edit-policy-form.tsx';
import { PolicyList } from '#components/on-call/policy-list.tsx';
import { RemoveButton } from '#components/on-call/remove-button.tsx';
import { PageHeader } from '#components/ui/page.tsx';
import { paths } from '#lib/model/paths.ts';
import { requireActor } from '#lib/web/session.ts';
import { records } from '../../../records.ts';
import { deletePolicy, updatePolicy } from '../../actions.ts';
import { readTargets } from '../targets.ts';

export const metadata: Metadata = { title: 'Escalation policy' };

export default async function PolicyPage({ params }: { params: Promise<{ id: string }> }) {
  const { permissions } = await requireActor();
  const policy = await records.policy((await params).id);
  const mayManage = permissions.has('on-call:manage');
  return (
    <div className="flex flex-col gap-4">
      <PageHeader
        title={policy.name}
        actions={
          mayManage && (
            <RemoveButton
              id={policy.id}
              name={policy.name}
              words="Escalations that run go on to their end. Routes that lead to it have to be changed first."
              remove={deletePolicy}
              backTo={paths.policies()}
            />
          )
        }
      />
      {mayManage ? (
        <EditPolicyForm policy={policy} targets={await readTargets()} update={updatePolicy} />
      ) : (
        <PolicyList policies={[policy]} />
      )}
    </div>
  );
}

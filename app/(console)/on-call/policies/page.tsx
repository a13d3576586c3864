import type { Metadata } from 'next';
import { PolicyList } from '#components/on-call/policy-list.tsx';
import { ButtonLink } from '#components/ui/button.tsx';
import { PageHeader } from '#components/ui/page.tsx';
import { StateMessage } from '#components/ui/states.tsx';
import { paths } from '#lib/model/paths.ts';
import { listPolicies } from '#lib/on-call/policy-queries.ts';
import { read, requireActor } from '#lib/web/session.ts';

export const metadata: Metadata = { title: 'Escalation policies' };

export default async function PoliciesPage() {
  const { permissions } = await requireActor(paths.policies());
  const policies = await read(listPolicies, {});
  const create = permissions.has('on-call:manage') && (
    <ButtonLink href={paths.newPolicy()} variant="primary">
      New policy
    </ButtonLink>
  );
  return (
    <div className="flex flex-col gap-4">
      <PageHeader title="Escalation policies" actions={policies.length > 0 && create}>
        Who is told, and who next while nobody answers.
      </PageHeader>
      {policies.length === 0 ? (
        <StateMessage kind="empty" title="No policies yet" action={create}>
          Alerts page people once a route leads to a policy.
        </StateMessage>
      ) : (
        <PolicyList policies={policies} />
      )}
    </div>
  );
}

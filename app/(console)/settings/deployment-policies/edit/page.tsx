import type { Metadata } from 'next';
import { PolicyForm } from '#components/deployment-policies/policy-form.tsx';
import { Moment } from '#components/ui/moment.tsx';
import { PageHeader } from '#components/ui/page.tsx';
import { StateMessage } from '#components/ui/states.tsx';
import { listDeploymentPolicies } from '#lib/deployments/policies/policy-verbs.ts';
import { listGateSources } from '#lib/gates/sources/manage-sources.ts';
import { EVERY_ENVIRONMENT } from '#lib/model/deployment.ts';
import { effectivePolicy } from '#lib/model/deployment-policy.ts';
import { paths } from '#lib/model/paths.ts';
import { listApprovers } from '#lib/pipeline/approvals/approvers.ts';
import { read, requireActor } from '#lib/web/session.ts';
import { knownEnvironments } from '../../../known-environments.ts';
import { setDeploymentPolicy } from '../actions.ts';

export const metadata: Metadata = { title: 'Deployment policy' };

function titleOf(environment: string): string {
  if (environment === '') return 'New policy';
  return environment === EVERY_ENVIRONMENT ? 'Policy of every other environment' : `Policy of ${environment}`;
}

export default async function DeploymentPolicyPage(props: {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}) {
  const { environment: given } = await props.searchParams;
  const environment = typeof given === 'string' ? given : '';
  const { permissions } = await requireActor(paths.editDeploymentPolicy(environment));
  const { items } = await read(listDeploymentPolicies, {});
  if (!permissions.has('deployments:configure'))
    return (
      <StateMessage kind="no-permission" title="Your role may not decide how agents are deployed">
        Admins of your team may.
      </StateMessage>
    );
  const [approvers, environments, sources] = await Promise.all([
    read(listApprovers, {}),
    knownEnvironments(),
    read(listGateSources, {}),
  ]);
  const { from, policy, decided } = effectivePolicy(items, environment);
  return (
    <div className="flex flex-col gap-4">
      <PageHeader title={titleOf(environment)}>
        {from === 'own' && decided ? (
          <>
            Changed by {decided.updatedBy || 'somebody who is gone'}, <Moment atMs={decided.updatedAt} />.
          </>
        ) : (
          'Not decided yet: the fields say what counts there now.'
        )}
      </PageHeader>
      <PolicyForm
        start={{ ...policy, environment }}
        updatedAt={from === 'own' && decided ? decided.updatedAt : null}
        environments={environments.filter((name) => effectivePolicy(items, name).from !== 'own')}
        mayApprove={approvers.items}
        questions={sources.items.flatMap(({ name, templates }) =>
          templates.map((template) => `${name} / ${template.name}`),
        )}
        save={setDeploymentPolicy}
      />
    </div>
  );
}

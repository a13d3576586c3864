import { Plus } from 'lucide-react';
import type { Metadata } from 'next';
import { PolicyList } from '#components/deployment-policies/policy-list.tsx';
import { guardedWords } from '#components/deployment-policies/policy-words.ts';
import { ButtonLink } from '#components/ui/button.tsx';
import { PageHeader } from '#components/ui/page.tsx';
import { listDeploymentPolicies } from '#lib/deployments/policies/policy-verbs.ts';
import { effectivePolicies } from '#lib/model/deployment-policy.ts';
import { paths } from '#lib/model/paths.ts';
import { listApprovers } from '#lib/pipeline/approvals/approvers.ts';
import { read, requireActor } from '#lib/web/session.ts';
import { knownEnvironments } from '../../known-environments.ts';
import { deleteDeploymentPolicy } from './actions.ts';

export const metadata: Metadata = { title: 'Deployment policies' };

export default async function DeploymentPoliciesPage() {
  const { permissions } = await requireActor(paths.deploymentPolicies());
  const [{ items }, approvers, environments] = await Promise.all([
    read(listDeploymentPolicies, {}),
    read(listApprovers, {}),
    knownEnvironments(),
  ]);
  const mayConfigure = permissions.has('deployments:configure');
  const policies = effectivePolicies(items, environments);
  return (
    <div className="flex flex-col gap-4">
      <PageHeader
        title="Deployment policies"
        actions={
          mayConfigure && (
            <ButtonLink href={paths.editDeploymentPolicy()} variant="primary" icon={Plus}>
              New policy
            </ButtonLink>
          )
        }
      >
        {guardedWords(policies)} A policy says who has to approve what is deployed to an environment, and what
        becomes of what fails.
      </PageHeader>
      <PolicyList
        policies={policies}
        mayApprove={approvers.items}
        remove={mayConfigure ? deleteDeploymentPolicy : null}
        renderedAtMs={Date.now()}
      />
    </div>
  );
}

import type { Metadata } from 'next';
import { sourceDraft } from '#components/gate-sources/source-draft.ts';
import { SourceForm } from '#components/gate-sources/source-form.tsx';
import { RemoveButton } from '#components/on-call/remove-button.tsx';
import { Moment } from '#components/ui/moment.tsx';
import { PageHeader } from '#components/ui/page.tsx';
import { StateMessage } from '#components/ui/states.tsx';
import { listDeploymentPolicies } from '#lib/deployments/policies/policy-verbs.ts';
import { EVERY_ENVIRONMENT } from '#lib/model/deployment.ts';
import type { DeploymentPolicyView } from '#lib/model/deployment-policy.ts';
import { paths } from '#lib/model/paths.ts';
import { read, requireActor } from '#lib/web/session.ts';
import { records } from '../../../records.ts';
import { deleteGateSource, testGateSource, updateGateSource } from '../actions.ts';

export const metadata: Metadata = { title: 'Gate source' };

const list = new Intl.ListFormat('en', { type: 'conjunction' });

/** Which policies ask a source; who asks for verdicts over the API names it in each request and is not known here. */
function usedWords(policies: readonly DeploymentPolicyView[], source: string): string {
  const users = policies
    .filter(({ gate }) => gate?.definition.queries.some((query) => query.source === source))
    .map(({ environment }) => (environment === EVERY_ENVIRONMENT ? 'every other environment' : environment));
  return users.length === 0 ? 'No policy asks it.' : `The policies of ${list.format(users)} ask it.`;
}

export default async function GateSourcePage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  const { permissions } = await requireActor(paths.gateSource(id));
  const source = await records.gateSource(id);
  if (!permissions.has('deployments:configure'))
    return (
      <StateMessage kind="no-permission" title="Your role may not change gate sources">
        Admins of your team may.
      </StateMessage>
    );
  const { items } = await read(listDeploymentPolicies, {});
  const used = usedWords(items, source.name);
  return (
    <div className="flex flex-col gap-4">
      <PageHeader
        title={source.name}
        actions={
          <RemoveButton
            id={id}
            name={source.name}
            words={`${used} Whoever still asks it, here or from a pipeline, gets an error instead of an answer.`}
            remove={deleteGateSource}
            backTo={paths.gateSources()}
          />
        }
      >
        Changed <Moment atMs={source.updatedAt} />. {used}
      </PageHeader>
      <SourceForm
        start={sourceDraft(source)}
        kept={{ id, hasAuthorization: source.hasAuthorization }}
        saving={{ update: updateGateSource, kept: { id, ifUpdatedAt: source.updatedAt } }}
        test={testGateSource}
      />
    </div>
  );
}

import type { Metadata } from 'next';
import { sourceDraft } from '#components/gate-sources/source-draft.ts';
import { SourceForm } from '#components/gate-sources/source-form.tsx';
import { RemoveButton } from '#components/on-call/remove-button.tsx';
import { Moment } from '#components/ui/moment.tsx';
import { PageHeader } from '#components/ui/page.tsx';
import { StateMessage } from '#components/ui/states.tsx';
import { paths } from '#lib/model/paths.ts';
import { requireActor } from '#lib/web/session.ts';
import { records } from '../../../records.ts';
import { deleteGateSource, testGateSource, updateGateSource } from '../actions.ts';

export const metadata: Metadata = { title: 'Gate source' };

/** Who uses a source is known to whoever asks gates: they name it in each request. */
const DELETE_WORDS =
  'Pipelines name it when they ask for a verdict, so nobody here knows which do: whoever still names it is refused from then on.';

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
  return (
    <div className="flex flex-col gap-4">
      <PageHeader
        title={source.name}
        actions={
          <RemoveButton
            id={id}
            name={source.name}
            words={DELETE_WORDS}
            remove={deleteGateSource}
            backTo={paths.gateSources()}
          />
        }
      >
        Changed <Moment atMs={source.updatedAt} />. Gates name it {source.name}, and each question by its
        name.
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

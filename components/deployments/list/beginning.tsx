import { ButtonLink } from '#components/ui/button.tsx';
import { StateMessage } from '#components/ui/states.tsx';
import { paths } from '#lib/model/paths.ts';

/** How to begin, for a team that has deployed nothing: each step that this person may take has its way there. */
export function Beginning({ mayConnect }: { mayConnect: boolean }) {
  return (
    <StateMessage
      kind="empty"
      title="Nothing was deployed yet"
      action={
        mayConnect && (
          <ButtonLink href={paths.clusters()} variant="primary">
            Connect a cluster
          </ButtonLink>
        )
      }
    >
      Connect the cluster that your agents run in, then deploy a version of an agent: here, or over the API at{' '}
      <code className="font-mono text-xs">POST /api/v1/deployments</code>. It appears here with every step
      that it takes, and can be rolled back from here.
      {!mayConnect && ' Admins of your team connect clusters.'}
    </StateMessage>
  );
}

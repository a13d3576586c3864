import { ButtonLink } from '#components/ui/button.tsx';
import { Card } from '#components/ui/card.tsx';
import { StateMessage } from '#components/ui/states.tsx';
import type { Page } from '#lib/model/agent-view.ts';
import type { DeploymentRow } from '#lib/model/deployment.ts';
import { paths } from '#lib/model/paths.ts';
import { DeploymentLine } from './deployment-line.tsx';

interface DeploymentListProps {
  page: Page<DeploymentRow>;
  renderedAtMs: number;
}

/** The deployments of a team, the newest first. */
export function DeploymentList({ page, renderedAtMs }: DeploymentListProps) {
  if (page.items.length === 0)
    return (
      <StateMessage kind="empty" title="Nothing was deployed yet">
        A deployment brings a version of an agent into a cluster, shows how it goes, and takes it back.
      </StateMessage>
    );
  return (
    <>
      <Card label="Deployments" className="overflow-hidden">
        <ul className="divide-y divide-line">
          {page.items.map((row) => (
            <DeploymentLine key={row.id} row={row} renderedAtMs={renderedAtMs} />
          ))}
        </ul>
      </Card>
      {page.nextCursor !== null && (
        <div className="flex justify-end">
          <ButtonLink href={paths.deployments({ cursor: page.nextCursor })}>Older</ButtonLink>
        </div>
      )}
    </>
  );
}

import { Rocket } from 'lucide-react';
import { Button, ButtonLink } from '#components/ui/button.tsx';
import { paths } from '#lib/model/paths.ts';

/** The way to a new deployment, of an agent that is chosen already or any. */
export function DeployButton({ agentId, mayDeploy }: { agentId?: string; mayDeploy: boolean }) {
  if (!mayDeploy)
    return (
      <Button icon={Rocket} disabledReason="Your role may not deploy agents.">
        Deploy
      </Button>
    );
  return (
    <ButtonLink variant="primary" icon={Rocket} href={paths.newDeployment({ agent: agentId })}>
      Deploy
    </ButtonLink>
  );
}

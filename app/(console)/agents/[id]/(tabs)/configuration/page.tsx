import { Configuration } from '#components/agents/configuration.tsx';
import { SigningSecret } from '#components/agents/signing-secret.tsx';
import { paths, withQuery } from '#lib/model/paths.ts';
import { records } from '../../../../records.ts';
import { rotateControlSecret } from '../../../actions.ts';
import type { AgentPageProps } from '../../agent.ts';

export default async function AgentConfigurationPage({ params }: AgentPageProps) {
  const agent = await records.agent((await params).id);
  const here = paths.agent(agent.id, 'configuration');
  return (
    <>
      <Configuration agent={agent} />
      <SigningSecret
        agent={agent}
        rotate={rotateControlSecret}
        proveAgain={withQuery(paths.signIn(), { again: 1, callbackUrl: here })}
      />
    </>
  );
}

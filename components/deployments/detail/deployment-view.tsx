'use client';

import { ReadTrouble } from '#components/live/read-trouble.tsx';
import type { DeploymentDetail } from '#lib/model/deployment.ts';
import type { DeploymentActions } from '../acts/actions.ts';
import { Acts } from '../acts/acts.tsx';
import type { Restorable } from '../acts/roll-back-dialog.tsx';
import { Gate } from '../gate/gate.tsx';
import { Approvals } from './approvals.tsx';
import { Conflicts } from './conflicts.tsx';
import { DeploymentHead } from './deployment-head.tsx';
import { Facts, Objects } from './facts.tsx';
import { FailureReason } from './failure.tsx';
import { Rollout } from './rollout.tsx';
import { Source, WhatIsNew } from './source.tsx';
import { Steps } from './steps.tsx';
import { Timeline } from './timeline.tsx';
import { useDeployment } from './use-deployment.ts';

interface DeploymentViewProps {
  deployment: DeploymentDetail;
  actions: DeploymentActions;
  restorable: readonly Restorable[];
  rollBackRefusal: string | null;
  renderedAtMs: number;
}

/** One deployment, live: what is it doing, what is wrong with it, how do I go back? A component a section. */
export function DeploymentView(props: DeploymentViewProps) {
  const { actions, restorable, rollBackRefusal, renderedAtMs } = props;
  const { deployment, failure, refresh, tell } = useDeployment(props.deployment);
  const shown = { deployment, renderedAtMs };
  return (
    <div className="flex flex-col gap-3">
      <DeploymentHead {...shown} />
      {failure !== null && (
        <ReadTrouble
          title="The deployment could not be read"
          failure={failure}
          again={() => void refresh()}
        />
      )}
      <Acts
        deployment={deployment}
        actions={actions}
        restorable={restorable}
        rollBackRefusal={rollBackRefusal}
        tell={tell}
      />
      <Steps {...shown} />
      <FailureReason deployment={deployment} />
      <div className="grid items-start gap-3 lg:grid-cols-[minmax(0,1fr)_320px]">
        <div className="flex min-w-0 flex-col gap-3">
          <Conflicts conflicts={deployment.conflicts} />
          <Rollout {...shown} />
          {deployment.gate && <Gate gate={deployment.gate} renderedAtMs={renderedAtMs} />}
          <WhatIsNew notes={deployment.releaseNotes} />
          <Timeline events={deployment.events} renderedAtMs={renderedAtMs} />
          <Objects deployment={deployment} />
        </div>
        <div className="flex min-w-0 flex-col gap-3">
          <Approvals {...shown} />
          <Source source={deployment.source} />
          <Facts deployment={deployment} />
        </div>
      </div>
    </div>
  );
}

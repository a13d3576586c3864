import type { DeploymentRow } from '#lib/model/deployment.ts';

/** A deployment as lists get it, with what a test says about it. */
export function deploymentRow(values: Partial<DeploymentRow> = {}): DeploymentRow {
  return {
    id: '01890a5d-ac96-774b-bcce-b302099a8057',
    kind: 'deploy',
    agent: { id: '01890a5d-ac96-774b-bcce-b302099a8058', name: 'Checkout' },
    environment: 'production',
    cluster: { id: '01890a5d-ac96-774b-bcce-b302099a8059', name: 'prod-eu' },
    namespace: 'agents',
    workload: { kind: 'Deployment', name: 'checkout' },
    version: '1.2.0',
    digest: null,
    gitRef: null,
    status: 'in_progress',
    isPaused: false,
    isQueued: false,
    unreachableSince: null,
    failure: null,
    requestedBy: 'Anna',
    seq: 3,
    createdAt: 1_000_000,
    startedAt: 1_010_000,
    finishedAt: null,
    ...values,
  };
}

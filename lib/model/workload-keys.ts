/** The labels and annotations by which Pitwall and a cluster's workloads know each other. */

/** The deployment of ours that a workload was changed by last. */
export const DEPLOYMENT_ID = 'pitwall.dev/deployment-id';

/** The labels and annotations by which Pitwall and a cluster's workloads know each other. */

/** The deployment of ours that a workload was changed by last. */
export const DEPLOYMENT_ID = 'pitwall.dev/deployment-id';

/** `true` on a workload that is an agent; `false` where it is none, whatever else says so. */
export const AGENT = 'pitwall.dev/agent';

/** The id in the console of the agent that a workload runs. */
export const AGENT_ID = 'pitwall.dev/agent-id';

/** Annotations of a workload: how its agent is called, where its card is, where its metrics are. */
export const DISPLAY_NAME = 'pitwall.dev/display-name';
export const AGENT_CARD_PATH = 'pitwall.dev/agent-card-path';
export const METRICS_PORT = 'pitwall.dev/metrics-port';

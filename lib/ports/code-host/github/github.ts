import type { CodeHost } from '../port.ts';
import { createCall, type GitHubTools } from './client.ts';
import { commitOperations } from './commits.ts';
import { deploymentOperations } from './deployments.ts';
import { hookOperations } from './hooks.ts';
import { workflowOperations } from './workflows.ts';

/** GitHub and GitHub Enterprise, by their REST interface. */
export function createGitHub(tools: GitHubTools): CodeHost {
  const call = createCall(tools);
  return {
    ...commitOperations(call),
    ...workflowOperations(call),
    ...deploymentOperations(call),
    ...hookOperations(call),
  };
}

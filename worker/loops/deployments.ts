import { type AskTools, tellApprovers } from '#lib/pipeline/approvals/tell-approvers.ts';
import { oldestLeaseSeconds } from '#lib/pipeline/deploy/lease.ts';
import { type DeployTools, runDeployments } from '#lib/pipeline/deploy/run-deployments.ts';
import { tellHosts } from '#lib/pipeline/deploy/tell-hosts.ts';
import type { Loop } from '../loop.ts';

/** Carries deployments out, and has people and their hosts told of them. */
export function deploymentLoop(tools: DeployTools & AskTools): Loop {
  return {
    name: 'deployments',
    intervalMs: 10_000,
    // One claim may wait for several requests of 30 s; what is given up is taken over when its lease ends.
    timeoutMs: 120_000,
    exclusive: 'claims',
    async step(signal) {
      const deployments = await runDeployments(tools, signal);
      const told = await tellHosts(tools.db);
      const asked = await tellApprovers(tools);
      tools.meter.leaseAge(await oldestLeaseSeconds(tools.db));
      return { done: deployments + told.done + asked, more: told.more };
    },
  };
}

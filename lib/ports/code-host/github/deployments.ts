import { z } from 'zod';
import { AppError } from '#lib/kernel/errors.ts';
import { cutText } from '#lib/model/cut-text.ts';
import type { CodeHost, HostDeployment, HostedRepository } from '../port.ts';
import type { Call } from './client.ts';

/** GitHub's own limit (deployment S-91). */
const LONGEST_DESCRIPTION = 140;

const payloadSchema = z
  .union([z.looseObject({ deploymentId: z.string().optional() }), z.string()])
  .nullish()
  .catch(null);
const deploymentSchema = z.object({ id: z.int(), payload: payloadSchema });
/** 202 merged the default branch and made no deployment: this never asks for that. */
const madeSchema = z.object({ id: z.int().optional() });

/** Deployments and their statuses (deployment S-90, S-91). */
export function deploymentOperations(call: Call): Pick<CodeHost, 'createDeployment' | 'addStatus'> {
  const find = async (
    repository: HostedRepository,
    { sha, environment, deploymentId }: HostDeployment,
  ): Promise<number | null> => {
    const known = await call(repository, 'deploy', z.array(deploymentSchema), ({ octokit, owner, repo }) =>
      octokit.rest.repos.listDeployments({ owner, repo, sha, environment, per_page: 100 }),
    );
    const isOurs = ({ payload }: z.output<typeof deploymentSchema>) =>
      typeof payload === 'object' && payload?.deploymentId === deploymentId;
    return known.find(isOurs)?.id ?? null;
  };
  return {
    async createDeployment(repository, asked) {
      const { sha, environment, isProduction, deploymentId, description } = asked;
      const before = await find(repository, asked);
      if (before !== null) return before;
      const { id } = await call(repository, 'deploy', madeSchema, ({ octokit, owner, repo }) =>
        octokit.rest.repos.createDeployment({
          ...{ owner, repo, ref: sha, environment, description: cutText(description, LONGEST_DESCRIPTION) },
          ...{ auto_merge: false, required_contexts: [], payload: { deploymentId } },
          ...{ production_environment: isProduction, transient_environment: false },
        }),
      );
      if (id === undefined) throw new AppError('conflict', 'GitHub made no deployment.');
      return id;
    },
    async addStatus(repository, id, { state, description, logUrl }) {
      await call(repository, 'deploy', z.unknown(), ({ octokit, owner, repo }) =>
        octokit.rest.repos.createDeploymentStatus({
          ...{ owner, repo, deployment_id: id, state, log_url: logUrl },
          description: cutText(description, LONGEST_DESCRIPTION),
        }),
      );
    },
  };
}

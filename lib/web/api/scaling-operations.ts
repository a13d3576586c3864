import type { z } from 'zod';
import {
  createScalingPolicy,
  deleteScalingPolicy,
  updateScalingPolicy,
} from '#lib/scaling/manage-policies.ts';
import { previewScaling } from '#lib/scaling/preview-policy.ts';
import { getScalingPolicy, listScalingDecisions, listScalingPolicies } from '#lib/scaling/queries.ts';
import type { Operation } from './operation.ts';

const operation = <S extends z.ZodType, R>(row: Omit<Operation<S, R>, 'tag'>): Operation<S, R> => ({
  ...row,
  tag: 'scaling',
});

/** The rows of `/api/v1/scaling-policies`: how agents' workloads are scaled, and what was decided. */
export const scalingOperations = {
  listScalingPolicies: operation({
    method: 'GET',
    path: '/scaling-policies',
    verb: listScalingPolicies,
    summary: 'Scaling policies with what their last looks found; with agentId the one of an agent',
    answer: 'ScalingPolicies',
  }),
  createScalingPolicy: operation({
    method: 'POST',
    path: '/scaling-policies',
    verb: createScalingPolicy,
    summary: 'Give an agent a scaling policy; unless isDryRun is false it only recommends',
    answer: 'MadeId',
    status: 201,
  }),
  previewScaling: operation({
    method: 'POST',
    path: '/scaling-policies/preview',
    verb: previewScaling,
    summary: 'What a policy would have done in the last hour; changes nothing',
    answer: 'ScalingPreview',
  }),
  getScalingPolicy: operation({
    method: 'GET',
    path: '/scaling-policies/{id}',
    verb: getScalingPolicy,
    summary: 'Read a scaling policy with what its last look found',
    answer: 'ScalingPolicy',
  }),
  updateScalingPolicy: operation({
    method: 'PATCH',
    path: '/scaling-policies/{id}',
    verb: updateScalingPolicy,
    summary: 'Change the given fields of a scaling policy',
    answer: 'Changed',
  }),
  deleteScalingPolicy: operation({
    method: 'DELETE',
    path: '/scaling-policies/{id}',
    verb: deleteScalingPolicy,
    summary: 'Remove a scaling policy; the workload keeps its replicas',
    answer: 'MadeId',
  }),
  listScalingDecisions: operation({
    method: 'GET',
    path: '/scaling-policies/{id}/decisions',
    verb: listScalingDecisions,
    summary: 'What was asked for under a policy and what became of it, the newest first',
    answer: 'ScalingDecisions',
  }),
};

import type { z } from 'zod';
import { listAwaitedApprovals } from '#lib/deployments/approvals/awaited.ts';
import { approveDeployment, rejectDeployment } from '#lib/deployments/approvals/decide.ts';
import { cancelDeployment } from '#lib/deployments/cancel-deployment.ts';
import { createDeployment } from '#lib/deployments/create-deployment.ts';
import { forceDeployment } from '#lib/deployments/force-deployment.ts';
import { passGate } from '#lib/deployments/judging/pass-gate.ts';
import { pauseDeployment, resumeDeployment } from '#lib/deployments/pause-deployment.ts';
import { deploymentsHeldBy, listFreezeWindows } from '#lib/deployments/policies/freeze-queries.ts';
import {
  createFreezeWindow,
  endFreezeWindow,
  updateFreezeWindow,
} from '#lib/deployments/policies/freeze-windows.ts';
import {
  deleteDeploymentPolicy,
  listDeploymentPolicies,
  setDeploymentPolicy,
} from '#lib/deployments/policies/policy-verbs.ts';
import { previewDeployment, readPreview } from '#lib/deployments/preview-deployment.ts';
import { getDeployment, listDeployments } from '#lib/deployments/queries.ts';
import { rollBackDeployment } from '#lib/deployments/rolling-back/roll-back.ts';
import { listApprovers } from '#lib/pipeline/approvals/approvers.ts';
import type { Operation } from './operation.ts';

const operation = <S extends z.ZodType, R>(row: Omit<Operation<S, R>, 'tag'>): Operation<S, R> => ({
  ...row,
  tag: 'deployments',
});

/** The rows of `/api/v1/deployments`: what is shipped, what people decide about it, and the rules for it. */
export const deploymentOperations = {
  listDeployments: operation({
    method: 'GET',
    path: '/deployments',
    verb: listDeployments,
    summary: 'List deployments, the newest first; with agentId the history of one agent',
    answer: 'DeploymentPage',
  }),
  createDeployment: operation({
    method: 'POST',
    path: '/deployments',
    verb: createDeployment,
    summary: 'Deploy a version of an agent',
    answer: 'DeploymentChanged',
    status: 201,
  }),
  previewDeployment: operation({
    method: 'POST',
    path: '/deployments/previews',
    verb: previewDeployment,
    summary: 'Ask what a deployment would change; a worker answers within seconds',
    answer: 'DeploymentPreview',
    status: 202,
  }),
  readPreview: operation({
    method: 'GET',
    path: '/deployments/previews/{id}',
    verb: readPreview,
    summary: 'Read what a deployment would change, once it is ready',
    answer: 'DeploymentPreview',
  }),
  getDeployment: operation({
    method: 'GET',
    path: '/deployments/{id}',
    verb: getDeployment,
    summary: 'Read a deployment with its timeline',
    answer: 'Deployment',
  }),
  listAwaitedApprovals: operation({
    method: 'GET',
    path: '/deployments/awaited',
    verb: listAwaitedApprovals,
    summary: 'Deployments that wait for the approval of whoever asks',
    answer: 'AwaitedApprovals',
  }),
  approveDeployment: operation({
    method: 'POST',
    path: '/deployments/{id}/approve',
    verb: approveDeployment,
    summary: 'Approve a deployment that somebody else asked for',
    answer: 'DeploymentChanged',
  }),
  rejectDeployment: operation({
    method: 'POST',
    path: '/deployments/{id}/reject',
    verb: rejectDeployment,
    summary: 'Refuse a deployment that waits for approval',
    answer: 'DeploymentChanged',
  }),
  cancelDeployment: operation({
    method: 'POST',
    path: '/deployments/{id}/cancel',
    verb: cancelDeployment,
    summary: 'End a deployment; a rollout under way is let go, paused or rolled back',
    answer: 'DeploymentChanged',
  }),
  pauseDeployment: operation({
    method: 'POST',
    path: '/deployments/{id}/pause',
    verb: pauseDeployment,
    summary: 'Pause a rollout; its deadline stands still',
    answer: 'DeploymentChanged',
  }),
  resumeDeployment: operation({
    method: 'POST',
    path: '/deployments/{id}/resume',
    verb: resumeDeployment,
    summary: 'Let a paused rollout go on',
    answer: 'DeploymentChanged',
  }),
  rollBackDeployment: operation({
    method: 'POST',
    path: '/deployments/{id}/roll-back',
    verb: rollBackDeployment,
    summary: 'Take a deployment back, as a deployment of its own',
    answer: 'DeploymentChanged',
    status: 201,
  }),
  forceDeployment: operation({
    method: 'POST',
    path: '/deployments/{id}/force',
    verb: forceDeployment,
    summary: 'Deploy again and take fields over from the managers that are named',
    answer: 'DeploymentChanged',
    status: 201,
  }),
  passGate: operation({
    method: 'POST',
    path: '/deployments/{id}/pass-gate',
    verb: passGate,
    summary: 'Let a deployment through its gate, whatever its looks say',
    answer: 'DeploymentChanged',
  }),
  listDeploymentPolicies: operation({
    method: 'GET',
    path: '/deployments/policies',
    verb: listDeploymentPolicies,
    summary: 'How agents may be deployed, by environment',
    answer: 'DeploymentPolicies',
  }),
  setDeploymentPolicy: operation({
    method: 'POST',
    path: '/deployments/policies',
    verb: setDeploymentPolicy,
    summary: 'Decide how agents of an environment may be deployed',
    answer: 'DeploymentPolicy',
  }),
  deleteDeploymentPolicy: operation({
    method: 'DELETE',
    path: '/deployments/policies/{id}',
    verb: deleteDeploymentPolicy,
    summary: 'Take the policy of an environment away: the one of every environment counts there again',
    answer: 'MadeId',
  }),
  listApprovers: operation({
    method: 'GET',
    path: '/deployments/approvers',
    verb: listApprovers,
    summary: 'Who may approve deployments, where a policy names nobody',
    answer: 'DeploymentApprovers',
  }),
  listFreezeWindows: operation({
    method: 'GET',
    path: '/deployments/freezes',
    verb: listFreezeWindows,
    summary: 'When nothing is deployed, those that end last first',
    answer: 'FreezeWindows',
  }),
  createFreezeWindow: operation({
    method: 'POST',
    path: '/deployments/freezes',
    verb: createFreezeWindow,
    summary: 'Keep deployments out of an environment for a time',
    answer: 'MadeId',
    status: 201,
  }),
  deploymentsHeldBy: operation({
    method: 'GET',
    path: '/deployments/freezes/held',
    verb: deploymentsHeldBy,
    summary: 'Deployments that were not begun: what a freeze of an environment holds',
    answer: 'HeldDeployments',
  }),
  updateFreezeWindow: operation({
    method: 'PATCH',
    path: '/deployments/freezes/{id}',
    verb: updateFreezeWindow,
    summary: 'Change a freeze that is on or to come',
    answer: 'Changed',
  }),
  endFreezeWindow: operation({
    method: 'DELETE',
    path: '/deployments/freezes/{id}',
    verb: endFreezeWindow,
    summary: 'End a freeze now, or take a planned one back',
    answer: 'MadeId',
  }),
};

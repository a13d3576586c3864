import type { Permission } from '#lib/access/permissions.ts';
import type { Ability } from '#lib/model/agent-view.ts';
import { DEPLOYMENT_ACTIONS, type DeploymentAction } from '#lib/model/deployment.ts';
import { type DeploymentStatus, isActive } from '#lib/model/deployment-status.ts';

/** What may be done to a deployment in which state, as data: commands refuse with the words of the disabled button. */
export interface DeploymentFacts {
  status: DeploymentStatus;
  isPaused: boolean;
  pauseWanted: boolean | null;
  approvedAt: Date | null;
  failureCode: string | null;
  /** Whether it changed anything in the cluster, and whether something ran there before. */
  wasApplied: boolean;
  hasManifestBefore: boolean;
  /** Null: it has none. */
  gate: object | null;
  gateLetThroughBy: string | null;
  approvalsNeeded: number;
  /** Whether who asks is who asked for it. */
  isOwn: boolean;
}

interface Rule {
  /** Refuses when it holds. */
  when(facts: DeploymentFacts): boolean;
  reason: string;
}

const PERMISSION: Record<DeploymentAction, Permission> = {
  approve: 'deployments:approve',
  cancel: 'deployments:create',
  pause: 'deployments:create',
  resume: 'deployments:create',
  rollBack: 'deployments:rollback',
  force: 'deployments:create',
  passGate: 'deployments:approve',
};

const notUnderWay: Rule = {
  when: ({ status }) => status !== 'in_progress',
  reason: 'It is not being rolled out.',
};
const RULES: Record<DeploymentAction, readonly Rule[]> = {
  approve: [
    {
      when: ({ status, approvedAt }) => status !== 'awaiting_approval' || approvedAt !== null,
      reason: 'It does not wait for approval.',
    },
    { when: ({ isOwn }) => isOwn, reason: 'Nobody approves what they asked for themselves.' },
  ],
  cancel: [{ when: ({ status }) => !isActive(status), reason: 'It is over.' }],
  pause: [
    notUnderWay,
    { when: ({ isPaused, pauseWanted }) => pauseWanted ?? isPaused, reason: 'It is paused already.' },
  ],
  resume: [
    notUnderWay,
    { when: ({ isPaused, pauseWanted }) => !(pauseWanted ?? isPaused), reason: 'It is not paused.' },
  ],
  rollBack: [
    {
      when: ({ status }) => status !== 'completed' && status !== 'failed' && status !== 'cancelled',
      reason: 'Only what was completed, failed or cancelled is rolled back.',
    },
    { when: ({ wasApplied }) => !wasApplied, reason: 'It changed nothing in the cluster.' },
    {
      when: ({ hasManifestBefore }) => !hasManifestBefore,
      reason: 'Nothing ran before it. Scale the workload to 0 or delete it to undo it.',
    },
  ],
  force: [
    {
      when: ({ status, failureCode }) => status !== 'failed' || failureCode !== 'FIELD_CONFLICT',
      reason: 'No other manager stood in its way.',
    },
  ],
  passGate: [
    notUnderWay,
    {
      when: ({ gate, gateLetThroughBy }) => gate === null || gateLetThroughBy !== null,
      reason: 'It waits at no gate.',
    },
    {
      when: ({ isOwn, approvalsNeeded }) => isOwn && approvalsNeeded > 0,
      reason: 'Nobody decides about what they asked for themselves where approvals are needed.',
    },
  ],
};

/** Whether the state of a deployment admits an action; who asks is another question (permissions). */
export function deploymentCan(facts: DeploymentFacts, action: DeploymentAction): Ability {
  const rule = RULES[action].find(({ when }) => when(facts));
  return rule ? { allowed: false, reason: rule.reason } : { allowed: true };
}

/** State and permission together, the permission first. */
export function deploymentAbilities(
  facts: DeploymentFacts,
  holds: (permission: Permission) => boolean,
): Record<DeploymentAction, Ability> {
  const ability = (action: DeploymentAction): Ability =>
    holds(PERMISSION[action])
      ? deploymentCan(facts, action)
      : { allowed: false, reason: `This needs the permission ${PERMISSION[action]}.` };
  return Object.fromEntries(DEPLOYMENT_ACTIONS.map((action) => [action, ability(action)])) as Record<
    DeploymentAction,
    Ability
  >;
}

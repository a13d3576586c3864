import { z } from 'zod';
import {
  DEFAULT_POLICY,
  type DeploymentPolicy,
  deploymentPolicySchema,
  EVERY_ENVIRONMENT,
} from './deployment.ts';
import { deploymentGateSchema } from './deployment-gate.ts';

/** Deployment policies as people decide and read them: which one counts where. Times are Unix milliseconds. */

export const setPolicySchema = deploymentPolicySchema.extend({
  gate: deploymentGateSchema
    .nullable()
    .optional()
    .describe('How each version is judged by its telemetry; null: it is not. Left out: stays as it is'),
  ifUpdatedAt: z
    .int()
    .nullable()
    .optional()
    .describe('When it was changed last, as whoever decides saw it; null: there was none. Else: a conflict'),
});

const policyViewSchema = deploymentPolicySchema.extend({
  id: z.uuid(),
  approvers: z
    .array(z.object({ id: z.uuid(), name: z.string().nullable().describe('Null: is gone') }))
    .describe('Who may approve, by name; empty: everybody who holds the permission'),
  updatedAt: z.int().describe('Unix milliseconds'),
  updatedBy: z.string(),
});
export type DeploymentPolicyView = z.infer<typeof policyViewSchema>;

const approverSchema = z.object({ id: z.uuid(), name: z.string() });
/** Somebody who may approve deployments. */
export type ApproverView = z.infer<typeof approverSchema>;

/** The policy in a view of one, as it is decided again. */
function policyOf(view: DeploymentPolicyView): DeploymentPolicy {
  const { id: _id, approvers: _approvers, updatedAt: _at, updatedBy: _by, ...policy } = view;
  return policy;
}

/** What counts in an environment, and where that is decided. */
export interface EffectivePolicy {
  environment: string;
  /** `own`: by its own policy; `every`: by the one of every environment; `none`: nobody decided anything. */
  from: 'own' | 'every' | 'none';
  policy: DeploymentPolicy;
  /** The policy that somebody made, where one counts. */
  decided: DeploymentPolicyView | null;
}

/** The policy that counts in one environment, of those of a team; as lib/deployments decides it for deployments. */
export function effectivePolicy(
  policies: readonly DeploymentPolicyView[],
  environment: string,
): EffectivePolicy {
  const of = (name: string) => policies.find((policy) => policy.environment === name);
  const own = of(environment);
  if (own) return { environment, from: 'own', policy: policyOf(own), decided: own };
  const every = of(EVERY_ENVIRONMENT);
  if (every) return { environment, from: 'every', policy: policyOf(every), decided: every };
  return { environment, from: 'none', policy: DEFAULT_POLICY, decided: null };
}

/** What counts in each of these environments and in those that have a policy of their own; first what counts elsewhere. */
export function effectivePolicies(
  policies: readonly DeploymentPolicyView[],
  environments: readonly string[],
): EffectivePolicy[] {
  const known = new Set([...environments, ...policies.map(({ environment }) => environment)]);
  known.delete(EVERY_ENVIRONMENT);
  return [EVERY_ENVIRONMENT, ...[...known].sort()].map((environment) =>
    effectivePolicy(policies, environment),
  );
}

/** The bodies that `/api/v1` answers with about policies. */
export const policyBodies = {
  DeploymentPolicies: z.object({ items: z.array(policyViewSchema) }),
  DeploymentPolicy: deploymentPolicySchema,
  DeploymentApprovers: z.object({ items: z.array(approverSchema) }),
};

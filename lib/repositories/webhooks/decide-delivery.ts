import type { DeliveryResult } from '#lib/model/repository.ts';
import type { AllowRule, DeliveryFacts } from '#lib/model/repository-schema.ts';
import { matchesRef } from './matches-ref.ts';

export interface Decision {
  result: Exclude<DeliveryResult, 'received'>;
  /** In words. */
  reason: string;
  rule: AllowRule | null;
}

/** What a delivery is judged by: the connection whose secret signed it. */
interface Connection {
  fullName: string;
  allowed: readonly AllowRule[];
}

const decide = (result: Decision['result'], reason: string): Decision => ({ result, reason, rule: null });

/** Whether a rule names what a delivery tells. */
export function allows(
  rule: Pick<AllowRule, 'event' | 'ref' | 'workflow'>,
  event: string,
  { ref, workflow }: DeliveryFacts,
): boolean {
  return (
    rule.event === event &&
    (rule.workflow === null || rule.workflow === workflow) &&
    ref !== null &&
    matchesRef(rule.ref, ref)
  );
}

/**
 * Whether a delivery may start a deployment: only what a rule of its own repository names, and never anything from a
 * fork (deployment S-89).
 */
export function decideDelivery(event: string, facts: DeliveryFacts, connection: Connection): Decision {
  if (event === 'ping') return decide('ping', 'The webhook works.');
  const { repository, isFork, unfit, ref } = facts;
  if (repository?.toLowerCase() !== connection.fullName.toLowerCase())
    return decide('unknown_repository', `It is about ${repository ?? 'no repository'}, not about this one.`);
  if (isFork) return decide('fork', 'Forks never start anything.');
  if (unfit !== null) return decide('no_trigger', unfit);
  const rule = connection.allowed.find((each) => allows(each, event, facts));
  if (!rule) return decide('not_allowed', `No rule allows ${event} of ${ref ?? 'no branch or tag'}.`);
  return { result: 'allowed', reason: `Allowed for ${rule.environment}.`, rule };
}

import { type DeploymentPolicy, EVERY_ENVIRONMENT } from '#lib/model/deployment.ts';
import type { ApproverView, EffectivePolicy } from '#lib/model/deployment-policy.ts';
import { formatPlural } from '#lib/model/format.ts';
import { saySpan } from '#lib/model/span.ts';

const either = new Intl.ListFormat('en', { type: 'disjunction' });
const all = new Intl.ListFormat('en', { type: 'conjunction' });

/** Who approves, of the names that a policy gives. */
function approvalWords(
  { approvalsNeeded: needed, approvalMinutes }: DeploymentPolicy,
  names: string[],
): string {
  if (needed === 0) return 'Nobody has to approve.';
  const within = `within ${saySpan(approvalMinutes * 60)}`;
  if (names.length === 0) {
    const somebody =
      needed === 1 ? 'Somebody else who may approve has to' : `${needed} others who may approve have to`;
    return `${somebody}, ${within}.`;
  }
  if (names.length === needed)
    return `${all.format(names)} ${needed === 1 ? 'has' : 'have'} to approve ${within}.`;
  const who = needed === 1 ? either.format(names) : `${needed} of ${all.format(names)}`;
  return `${who} ${needed === 1 ? 'has' : 'have'} to approve ${within}.`;
}

/** Whether versions are judged, and what becomes of what stays undecided. */
function gateWords({ gate }: DeploymentPolicy): string[] {
  if (gate === null) return [];
  const undecided = { pause: 'a person decides', fail: 'it fails', pass: 'it stays' }[gate.onUndecided];
  return [
    `Each version is judged by its telemetry for ${saySpan(gate.durationSeconds)}; where that decides nothing, ${undecided}.`,
  ];
}

/** What a policy asks for, in sentences. */
export function policyWords(policy: DeploymentPolicy, people: readonly { name: string | null }[]): string {
  const names = people.map(({ name }) => name ?? 'somebody who has left');
  const failed = policy.autoRollback
    ? 'A failed rollout is rolled back by itself.'
    : 'A failed rollout stays until somebody rolls it back.';
  return [approvalWords(policy, names), ...gateWords(policy), failed].join(' ');
}

/** What is wrong with who may approve; `tone` says how bad it is. */
export interface ApproverTrouble {
  tone: 'warning' | 'critical';
  words: string;
}

/**
 * Whether those who may approve are enough: nobody approves their own, so that where all of them are needed, none of them
 * can deploy.
 *
 * @param mayApprove everybody who holds the permission
 */
export function approverTrouble(
  { approvalsNeeded: needed, approverIds }: DeploymentPolicy,
  mayApprove: readonly ApproverView[],
): ApproverTrouble | null {
  if (needed === 0) return null;
  const isNamed = approverIds.length > 0;
  const left = mayApprove.filter(({ id }) => !isNamed || approverIds.includes(id)).length;
  if (left < needed) {
    const who = left === 0 ? 'nobody' : `only ${formatPlural(left, 'person', 'people')}`;
    const of = isNamed ? `Of those who are named ${who}` : who.charAt(0).toUpperCase() + who.slice(1);
    const need = `${needed} ${needed === 1 ? 'is' : 'are'} needed`;
    return { tone: 'critical', words: `${of} may approve, and ${need}: nothing can be deployed.` };
  }
  if (left > needed) return null;
  const words = 'Nobody approves their own: what one of those who approve asks for would never start.';
  return { tone: 'warning', words };
}

/** The conclusion of the page: where somebody has to approve. */
export function guardedWords(policies: readonly EffectivePolicy[]): string {
  const guarded = policies.filter(({ policy }) => policy.approvalsNeeded > 0);
  if (guarded.length === 0) return 'No deployment needs an approval.';
  if (guarded.length === policies.length) return 'Every deployment needs an approval.';
  const named = guarded.filter(({ environment }) => environment !== EVERY_ENVIRONMENT);
  const names = named.map(({ environment }) => environment);
  const others = named.length < guarded.length ? ['every environment without a policy of its own'] : [];
  return `Deployments need an approval in ${all.format([...names, ...others])}.`;
}

/** Where the policy of an environment is decided. */
export const FROM_WORDS: Record<EffectivePolicy['from'], string> = {
  own: 'Its own policy',
  every: 'As every other environment',
  none: 'Not decided yet',
};

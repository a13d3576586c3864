import { cutText } from '#lib/model/cut-text.ts';
import { textAt } from '#lib/model/json-fields.ts';
import type { PodTrouble } from '#lib/model/rollout.ts';
import type { ClusterObject } from '#lib/ports/cluster/port.ts';
import { conditionOf } from './rollout-status.ts';

/**
 * What a cluster says of an exceeded quota, in words, or null where it says something else. The same sentence comes
 * from a refused pod and as the answer to our own request (deployment S-37).
 */
export function quotaWords(message: string): string | null {
  const found = /exceeded quota: ([^,\s]+), requested: (.+?), used: (.+?), limited: ([^\s"]+)/.exec(message);
  if (!found) return null;
  const [, quota, requested, used, limited] = found;
  return `The quota ${quota} is used up: ${requested} asked for, ${used} used, ${limited} allowed.`;
}

/** Pods of a Deployment that the cluster accepted and then refused to make: a warning until the deadline. */
export function quotaTrouble(deployment: ClusterObject): Omit<PodTrouble, 'sinceMs'> | null {
  const failure = conditionOf(deployment, 'ReplicaFailure');
  if (textAt(failure, 'status') !== 'True') return null;
  const told = textAt(failure, 'message') ?? '';
  const message = quotaWords(told) ?? `The cluster makes no pods: ${cutText(told, 500)}`;
  const reason = textAt(failure, 'reason') ?? 'FailedCreate';
  return { kind: 'quota', reason, message, pod: null, container: null, isFatal: false, lastExit: null };
}

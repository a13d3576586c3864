import { createHash } from 'node:crypto';
import { isFields } from '../objects.ts';
import type { PodTemplate } from './workloads.ts';

export const HASH_LABEL = 'pod-template-hash';
const LETTERS = 'bcdfghjklmnpqrstvwxz2456789';

function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder);
  if (!isFields(value)) return value;
  const names = Object.keys(value).sort();
  return Object.fromEntries(names.map((name) => [name, inOrder(value[name])]));
}

/** Ten letters that look like Kubernetes' own; equal templates have equal ones. */
export function templateHash(template: PodTemplate): string {
  const digest = createHash('sha256')
    .update(JSON.stringify(inOrder(template)))
    .digest();
  return [...digest.subarray(0, 10)].map((byte) => LETTERS[byte % LETTERS.length]).join('');
}

/** A ReplicaSet's template as the Deployment had it. */
export function withoutHash(template: PodTemplate): PodTemplate {
  const { [HASH_LABEL]: _, ...labels } = template.metadata?.labels ?? {};
  return { ...template, metadata: { ...template.metadata, labels } };
}

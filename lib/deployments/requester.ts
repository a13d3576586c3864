import type { Actor } from '#lib/access/actor.ts';
import type { DeploymentRecord } from './move-deployment.ts';

/** Who asked for a deployment, as it is asked again when it is carried out (security Z13). */
export function requesterOf(actor: Actor): DeploymentRecord['requestedBy'] {
  if (actor.kind === 'system') return null;
  return actor.kind === 'user' ? { kind: 'user', id: actor.userId } : { kind: 'key', id: actor.keyId };
}

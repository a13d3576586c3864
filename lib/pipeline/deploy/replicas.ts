import { fieldAt, numberAt, recordsAt, textAt } from '#lib/model/json-fields.ts';
import type { ClusterObject } from '#lib/ports/cluster/port.ts';

/** Who holds the number of replicas from when we let go of it until somebody else sets it (deployment S-06). */
export const HAND_OVER_MANAGER = 'pitwall-hand-over';

/** Whether a manager has applied the number of replicas: it would fall to 1 if that manager applied without it. */
function appliesReplicas(live: ClusterObject, manager: string): boolean {
  return recordsAt(live, 'metadata', 'managedFields').some(
    (entry) =>
      textAt(entry, 'manager') === manager &&
      textAt(entry, 'operation') === 'Apply' &&
      fieldAt(entry, 'fieldsV1', 'f:spec', 'f:replicas') !== undefined,
  );
}

/**
 * The number of replicas that a manager would drop by applying without it, null where it would drop none: another one
 * has to hold it first.
 */
export function droppedReplicas(live: ClusterObject | null, manager: string): number | null {
  return live && appliesReplicas(live, manager) ? numberAt(live, 'spec', 'replicas') : null;
}

/** What of an object says how many replicas there are, and nothing else. */
export function replicasOnly({ apiVersion, kind, metadata }: ClusterObject, replicas: number): ClusterObject {
  const { annotations: _, ...identity } = metadata;
  return { apiVersion, kind, metadata: identity, spec: { replicas } };
}

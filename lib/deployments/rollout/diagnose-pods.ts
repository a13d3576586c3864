import { cutText } from '#lib/model/cut-text.ts';
import { type JsonRecord, recordsAt, textAt } from '#lib/model/json-fields.ts';
import type { PodTrouble } from '#lib/model/rollout.ts';
import type { ClusterObject } from '#lib/ports/cluster/port.ts';
import { type ContainerTrouble, containerTrouble, type Patience } from './container-trouble.ts';
import { quotaTrouble } from './quota.ts';
import { ownedBy } from './replica-sets.ts';

const STATUSES = ['initContainerStatuses', 'containerStatuses', 'ephemeralContainerStatuses'] as const;

/** When each trouble was first seen, Unix milliseconds, by pod, container and kind: what a rollout remembers between looks. */
export type TroubleMemory = Readonly<Record<string, number>>;

export interface PodLook {
  deployment: ClusterObject;
  /** The ReplicaSet of the new version: pods of others do not count (deployment S-31). */
  newest: ClusterObject | null;
  pods: readonly ClusterObject[];
  patience: Patience;
  memory: TroubleMemory;
  nowMs: number;
}

interface Seen extends ContainerTrouble {
  key: string;
  pod: string;
  container: string;
}

function troublesOf(pod: ClusterObject, { patience, nowMs }: PodLook): Seen[] {
  const of = (status: JsonRecord, list: (typeof STATUSES)[number]): Seen[] => {
    const trouble = containerTrouble(status, list === 'initContainerStatuses', patience, nowMs);
    const container = textAt(status, 'name') ?? '';
    const key = `${pod.metadata.uid ?? pod.metadata.name}/${container}/${trouble?.kind}`;
    return trouble ? [{ ...trouble, key, pod: pod.metadata.name, container }] : [];
  };
  return STATUSES.flatMap((list) => recordsAt(pod, 'status', list).flatMap((status) => of(status, list)));
}

/** A pod that no node takes: a warning, since nodes may come; the rollout's deadline decides (deployment S-36). */
export function unschedulable(pod: ClusterObject): { reason: string; message: string } | null {
  const scheduled = recordsAt(pod, 'status', 'conditions').find((c) => textAt(c, 'type') === 'PodScheduled');
  if (textAt(scheduled, 'status') !== 'False') return null;
  const words = textAt(scheduled, 'message');
  const message = `No node takes pod ${pod.metadata.name}${words ? `: ${cutText(words, 500)}` : '.'}`;
  return { reason: textAt(scheduled, 'reason') ?? 'Unschedulable', message };
}

/**
 * Says in words what keeps the pods of a new version from running, and whether it is hopeless. What was seen before
 * counts from when it was first seen; what is gone is forgotten, and begins anew (deployment S-31 to S-37).
 */
export function diagnosePods(look: PodLook): { troubles: PodTrouble[]; memory: TroubleMemory } {
  const { deployment, newest, memory, nowMs, patience } = look;
  const pods = newest ? ownedBy(newest, look.pods).filter((pod) => !pod.metadata.deletionTimestamp) : [];
  const remembered: Record<string, number> = {};
  const since = (key: string): number => {
    const sinceMs = memory[key] ?? nowMs;
    remembered[key] = sinceMs;
    return sinceMs;
  };
  const inContainers = pods
    .flatMap((pod) => troublesOf(pod, look))
    .map(({ key, words, isHopeless, ...trouble }): PodTrouble => {
      const sinceMs = since(key);
      const isFatal = isHopeless || nowMs - sinceMs >= patience.graceMs;
      const message = `Container ${trouble.container} of pod ${trouble.pod} ${words}`;
      return { ...trouble, message, isFatal, sinceMs };
    });
  const unplaced = pods.flatMap((pod): PodTrouble[] => {
    const trouble = unschedulable(pod);
    if (!trouble) return [];
    const sinceMs = since(`${pod.metadata.uid ?? pod.metadata.name}//unschedulable`);
    return [
      {
        kind: 'unschedulable',
        ...trouble,
        pod: pod.metadata.name,
        container: null,
        isFatal: false,
        sinceMs,
        lastExit: null,
      },
    ];
  });
  const quota = quotaTrouble(deployment);
  const refused: PodTrouble[] = quota ? [{ ...quota, sinceMs: since('//quota') }] : [];
  return { troubles: [...inContainers, ...unplaced, ...refused], memory: remembered };
}

/** How many lines of the ended container's log a message carries. */
export const LAST_LINES = 20;

/** The message of a crash with the last lines that the container wrote before it ended (deployment S-34). */
export function withLastLines(trouble: PodTrouble, lines: readonly string[]): PodTrouble {
  if (lines.length === 0) return trouble;
  const last = lines.slice(-LAST_LINES).map((line) => cutText(line, 500));
  return { ...trouble, message: [`${trouble.message}. Its last lines:`, ...last].join('\n') };
}

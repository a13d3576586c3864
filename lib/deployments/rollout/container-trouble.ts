import { cutText } from '#lib/model/cut-text.ts';
import { fieldAt, type JsonRecord, numberAt, textAt, timeAt } from '#lib/model/json-fields.ts';
import type { LastExit, TroubleKind } from '#lib/model/rollout.ts';

const IMAGE = [
  'ErrImagePull',
  'ImagePullBackOff',
  'InvalidImageName',
  'ErrImageNeverPull',
  'ImageInspectError',
  'RegistryUnavailable',
];
const CONFIG = ['CreateContainerConfigError', 'CreateContainerError', 'RunContainerError'];
/** What no second try will mend (deployment S-33). */
const HOPELESS = ['InvalidImageName', 'ErrImageNeverPull'];
const MAX_MESSAGE = 500;

/** How long trouble may last before it decides. */
export interface Patience {
  /** Registries flap, secrets come late, first starts fail: milliseconds. */
  graceMs: number;
  /** Restarts after which a container counts as crashing for good. */
  maxRestarts: number;
}

export const DEFAULT_PATIENCE: Patience = { graceMs: 60_000, maxRestarts: 3 };

/** What is wrong with one container, before it is said how long. */
export interface ContainerTrouble {
  kind: TroubleKind;
  reason: string;
  words: string;
  /** Fatal whatever the time. */
  isHopeless: boolean;
  lastExit: LastExit | null;
}

function exitOf(status: JsonRecord, state: 'lastState' | 'state'): LastExit | null {
  const exitCode = numberAt(status, state, 'terminated', 'exitCode');
  return exitCode === null ? null : { exitCode, reason: textAt(status, state, 'terminated', 'reason') };
}

function exitWords({ exitCode, reason }: LastExit): string {
  const why = reason && reason !== 'Error' ? ` (${reason})` : '';
  return `ended with exit code ${exitCode}${why}`;
}

function times(count: number): string {
  return count === 1 ? 'once' : `${count} times`;
}

/**
 * A container that ends over and over, judged by its restarts and how it ended, since it may be running just now
 * (deployment S-35). One that got ready and has run for the grace is well again.
 */
function crash(status: JsonRecord, patience: Patience, nowMs: number): ContainerTrouble | null {
  const restarts = numberAt(status, 'restartCount') ?? 0;
  const waiting = textAt(status, 'state', 'waiting', 'reason');
  const isBackingOff = waiting === 'CrashLoopBackOff';
  const lastExit = exitOf(status, 'lastState') ?? exitOf(status, 'state');
  if (!isBackingOff && (restarts === 0 || !lastExit)) return null;
  const startedMs = timeAt(status, 'state', 'running', 'startedAt');
  const isReady = fieldAt(status, 'ready') === true;
  if (isReady && startedMs !== null && nowMs - startedMs >= patience.graceMs) return null;
  const end = lastExit ? `, it ${exitWords(lastExit)}` : '';
  return {
    kind: 'crash',
    reason: isBackingOff ? waiting : (lastExit?.reason ?? 'Error'),
    words: `crashes: restarted ${times(restarts)}${end}`,
    isHopeless: restarts >= patience.maxRestarts,
    lastExit,
  };
}

/** What is wrong with a container, by what its status says; null where nothing is. */
export function containerTrouble(
  status: JsonRecord,
  isInit: boolean,
  patience: Patience,
  nowMs: number,
): ContainerTrouble | null {
  const reason = textAt(status, 'state', 'waiting', 'reason') ?? '';
  const told = textAt(status, 'state', 'waiting', 'message');
  const more = told ? `: ${cutText(told, MAX_MESSAGE)}` : '';
  const isHopeless = HOPELESS.includes(reason);
  if (IMAGE.includes(reason)) {
    const words = `cannot get its image ${textAt(status, 'image') ?? ''} (${reason})${more}`;
    return { kind: 'image', reason, words, isHopeless, lastExit: null };
  }
  if (CONFIG.includes(reason))
    return {
      kind: 'config',
      reason,
      words: `cannot be started (${reason})${more}`,
      isHopeless,
      lastExit: null,
    };
  // An init container that has done its work has ended, and well.
  if (isInit && numberAt(status, 'state', 'terminated', 'exitCode') === 0) return null;
  return crash(status, patience, nowMs);
}

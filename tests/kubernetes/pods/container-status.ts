import { createHash } from 'node:crypto';
import type { Container, ContainerState, ContainerStatus } from '../controllers/workloads.ts';
import { timestamp } from '../objects.ts';
import type { ContainerScript } from './script.ts';

/** `repository@sha256:...`: the digest that the image is pinned to, else one made from its name. */
function imageIdOf(image: string): string {
  const [name = '', digest] = image.split('@');
  const repository = name.replace(/:[^/]+$/, '');
  return `${repository}@${digest ?? `sha256:${createHash('sha256').update(image).digest('hex')}`}`;
}

function restartsOf(script: ContainerScript, runsMs: number): number {
  if (script.is !== 'crashing') return 0;
  return (script.restarts ?? 1) + Math.floor(runsMs / (script.everyMs ?? 10_000));
}

const EVENT_WORDS: Record<string, string> = {
  ErrImagePull: 'failed to pull and unpack image',
  ImagePullBackOff: 'Back-off pulling image',
};

function waiting(reason: string, message?: string): ContainerState {
  return { waiting: { reason, ...(message && { message }) } };
}

function crashed(
  container: Container,
  script: ContainerScript & { is: 'crashing' },
  startMs: number,
  pod: string,
) {
  const { exitCode = 1, reason = 'Error' } = script;
  const startedAt = timestamp(startMs);
  const lastState: ContainerState = { terminated: { exitCode, reason, startedAt, finishedAt: startedAt } };
  const message = `back-off 10s restarting failed container=${container.name} pod=${pod}`;
  const state = script.isRunning ? { running: { startedAt } } : waiting('CrashLoopBackOff', message);
  return { state, lastState };
}

/** The status of a container that its pod's node started to run. */
export function containerStatus(
  container: Container,
  script: ContainerScript,
  pod: { name: string; startMs: number; nowMs: number },
): ContainerStatus {
  const { name, image } = container;
  const runsMs = pod.nowMs - pod.startMs;
  const base = {
    name,
    image,
    imageID: '',
    ready: false,
    started: false,
    restartCount: restartsOf(script, runsMs),
    lastState: {},
  };
  if (script.is === 'waiting') {
    const message = script.message ?? `${EVENT_WORDS[script.reason] ?? script.reason} "${image}"`;
    return { ...base, state: waiting(script.reason, message) };
  }
  if (script.is === 'unschedulable') return { ...base, state: waiting('ContainerCreating') };
  const imageID = (script.is === 'ready' && script.imageID) || imageIdOf(image);
  if (script.is === 'crashing') {
    return {
      ...base,
      imageID,
      started: Boolean(script.isRunning),
      ...crashed(container, script, pod.startMs, pod.name),
    };
  }
  const isReady = runsMs >= (script.afterMs ?? 0);
  const state = { running: { startedAt: timestamp(pod.startMs) } };
  return { ...base, imageID, ready: isReady, started: true, state };
}

/** An init container that did its work. */
export function doneStatus(container: Container, startMs: number): ContainerStatus {
  const at = timestamp(startMs);
  const terminated = { exitCode: 0, reason: 'Completed', startedAt: at, finishedAt: at };
  const { name, image } = container;
  const common = { ready: true, started: false, restartCount: 0, lastState: {} };
  return { name, image, imageID: imageIdOf(image), ...common, state: { terminated } };
}

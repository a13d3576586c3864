import type { DeploymentEvent } from '#lib/model/deployment.ts';

type Words = (event: DeploymentEvent) => string;

/** System actors, as people call them. */
const SYSTEM: Record<string, string> = {
  worker: 'Pitwall',
  queue: 'Pitwall',
  'automatic rollback': 'an automatic rollback',
};

function by({ actor }: DeploymentEvent): string {
  if (actor.kind === 'key') return `by the API key ${actor.name}`;
  return `by ${actor.kind === 'system' ? (SYSTEM[actor.name] ?? actor.name) : actor.name}`;
}

/** What a worker did of itself is told without saying so each time. */
const WORDS: Record<string, Words> = {
  created: (event) => `Asked for ${by(event)}`,
  queued: (event) => `Asked for ${by(event)}, behind the active deployment of its workload`,
  'queue.ended': () => 'Its turn has come',
  'approval.needed': () => 'Waits for approval',
  'approval.given': (event) => `Approved ${by(event)}`,
  REJECTED: (event) => `Rejected ${by(event)}`,
  frozen: () => 'Held by a freeze',
  started: () => 'Begun',
  patched: () => 'The workload is set back',
  applied: () => 'Applied',
  progress: () => 'Rolling out',
  'pause.wanted': (event) => `Pause asked for ${by(event)}`,
  paused: () => 'The rollout is paused',
  'resume.wanted': (event) => `Going on asked for ${by(event)}`,
  resumed: () => 'The rollout goes on',
  'cancel.wanted': (event) => `Cancelled ${by(event)}`,
  cancelled: (event) => (event.actor.kind === 'system' ? 'Cancelled' : `Cancelled ${by(event)}`),
  'cluster.unreachable': () => 'The cluster does not answer',
  'cluster.back': () => 'The cluster answers again',
  'tag.resolved': () => 'The tag is looked up',
  'tag.unchecked': () => 'Whether the tag has moved could not be seen',
  'registry.unreachable': () => 'The registry does not answer',
  drifted: () => 'Something else runs than was deployed',
  rolled_out: () => 'Rolled out',
  'gate.started': () => 'Judged by its telemetry from now on',
  'gate.skipped': () => 'Not judged by its telemetry',
  'gate.pass': () => 'Judged: it passes',
  'gate.fail': () => 'Judged: it fails',
  'gate.inconclusive': () => 'Judged: not decided yet',
  'gate.error': () => 'It could not be judged',
  'gate.held': () => 'Waits for somebody to decide',
  'gate.let_through': (event) => `Let through its gate ${by(event)}`,
  completed: () => 'Completed',
  superseded: () => 'Superseded',
  rolled_back: () => 'Rolled back',
};

/** What happened, in words; what is not known here by its status, or by its code. */
export function eventWords(event: DeploymentEvent): string {
  const words = WORDS[event.code];
  if (words) return words(event);
  return event.to === 'failed' && event.from !== 'failed' ? 'Failed' : event.code.replaceAll(/[._]/g, ' ');
}

const TROUBLES = new Set([
  'cluster.unreachable',
  'registry.unreachable',
  'drifted',
  'gate.fail',
  'gate.error',
  'REJECTED',
]);

/** Whether an entry tells of something that went wrong. */
export const isTrouble = ({ code, from, to }: DeploymentEvent): boolean =>
  TROUBLES.has(code) || (to === 'failed' && from !== 'failed');

const LAST_LINES = /\. Its last lines:\n/;

/** A message with the last lines of a log apart from what is said about them. */
export function messageParts(message: string): { words: string; log: string | null } {
  const [words = '', log = null] = message.split(LAST_LINES, 2);
  return { words: log === null ? words : `${words}.`, log };
}

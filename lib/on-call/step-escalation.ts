import type { EscalationStep } from '#lib/model/on-call.ts';
import { isWithin, nextStart } from './weekly-windows.ts';

/** Where an escalation stands: the step that comes next. */
export interface EscalationPosition {
  generation: number;
  step: number;
  loop: number;
  /** Whether anybody was reached since the policy began or began again. */
  reached: boolean;
}

export interface EscalationPlan {
  steps: readonly EscalationStep[];
  /** How often all steps follow again; -1 without end. */
  repeat: number;
}

/** People and channels that a step reaches now. */
export interface Reached {
  userIds: readonly string[];
  channelIds: readonly string[];
}

/** A step that was entered. `cause` tells it apart from every other entering of any step. */
interface EnteredStep extends Reached {
  cause: string;
  /** From 0. */
  step: number;
  loop: number;
}

export interface EscalationDecision {
  entered: EnteredStep[];
  /** All steps were gone through and nobody was reached: the team's administrators are the last resort. */
  fallback: string | null;
  next: EscalationPosition & {
    state: 'running' | 'exhausted';
    /** Unix milliseconds; null when exhausted. */
    nextAt: number | null;
    waitsFor: 'delay' | 'hours';
  };
}

const MINUTE_MS = 60_000;
/** A step whose hours never come is looked at again after this, milliseconds. */
const HOURS_RETRY_MS = 60 * MINUTE_MS;

/** When the hours of a step begin; null while it may be entered. */
function opensAt({ hours }: EscalationStep, now: number): number | null {
  if (hours === null || isWithin(hours.windows, hours.timeZone, now)) return null;
  return nextStart(hours.windows, hours.timeZone, now) ?? now + HOURS_RETRY_MS;
}

/** After a step: the next one, the first again, or none (alerting S79). */
function positionAfter(position: EscalationPosition, { steps, repeat }: EscalationPlan) {
  const step = position.step + 1;
  if (step < steps.length) return { ...position, step, state: 'running' as const };
  const again = repeat === -1 || position.loop < repeat;
  return {
    ...position,
    step: 0,
    loop: position.loop + (again ? 1 : 0),
    reached: false,
    state: again ? ('running' as const) : ('exhausted' as const),
  };
}

/**
 * Enters the step that is due, and every following one at once while nobody is reached (alerting S80); a step
 * outside its hours waits for them (alerting S81), one that is no more is the first (alerting S82).
 *
 * @param now Unix milliseconds of the database
 */
export function stepEscalation(
  from: EscalationPosition,
  plan: EscalationPlan,
  reach: (step: EscalationStep) => Reached,
  now: number,
): EscalationDecision {
  const entered: EnteredStep[] = [];
  let at: EscalationPosition = { ...from, step: from.step < plan.steps.length ? from.step : 0 };
  for (let step = plan.steps[at.step]; step !== undefined; step = plan.steps[at.step]) {
    const opens = opensAt(step, now);
    if (opens !== null) {
      return {
        entered,
        fallback: null,
        next: { ...at, state: 'running', nextAt: opens, waitsFor: 'hours' },
      };
    }
    const reached = reach(step);
    const cause = `${at.generation}.${at.loop}.${at.step}`;
    entered.push({ ...reached, cause, step: at.step, loop: at.loop });
    const somebody = reached.userIds.length + reached.channelIds.length > 0;
    const reachedBefore = at.reached || somebody;
    const { state, ...next } = positionAfter({ ...at, reached: reachedBefore }, plan);
    const passEnded = next.step === 0;
    if (somebody || passEnded) {
      const nextAt = state === 'running' ? now + step.delayMinutes * MINUTE_MS : null;
      const fallback = passEnded && !reachedBefore ? `${cause}.fallback` : null;
      return { entered, fallback, next: { ...next, state, nextAt, waitsFor: 'delay' } };
    }
    at = next;
  }
  const fallback = `${at.generation}.${at.loop}.fallback`;
  return { entered, fallback, next: { ...at, state: 'exhausted', nextAt: null, waitsFor: 'delay' } };
}

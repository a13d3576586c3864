import { type GateLook, gateOutcome, plannedLook } from '#lib/deployments/judging/gate-progress.ts';
import type { DeploymentRecord } from '#lib/deployments/move-deployment.ts';
import type { KeptGate } from '#lib/model/deployment-gate.ts';
import type { Step } from './decide-step.ts';

/** While a version is judged its workload is looked at so often, milliseconds. */
const LOOK_AGAIN_MS = 5000;

type Open = Extract<Step, { do: 'complete' | 'wait' }>;

/** Nothing to do but wait, until a moment at the latest; the workload is looked at meanwhile. */
function waitUntil(step: Open, row: DeploymentRecord, untilMs: number, nowMs: number): Step {
  const againMs = Math.min(LOOK_AGAIN_MS, Math.max(0, untilMs - nowMs));
  if (step.do === 'wait') return { ...step, againMs };
  const seen = step.seen ?? { troubles: row.troubles, templateHash: row.templateHash };
  if (step.progress === null) return step;
  return { do: 'wait', progress: step.progress, isPaused: false, seen, againMs };
}

/** What comes of looks that are over: the deployment goes on as the rollout does, fails, or waits for somebody. */
function afterLooks(
  step: Open,
  row: DeploymentRecord,
  outcome: Exclude<ReturnType<typeof gateOutcome>, { is: 'open' }>,
  { gate, nowMs }: { gate: KeptGate; nowMs: number },
): Step {
  const { reason } = outcome;
  switch (outcome.is) {
    case 'passed':
      return step.do === 'complete' ? { ...step, message: `Its gate is passed. ${reason}` } : step;
    case 'failed':
      return { do: 'fail', code: 'GATE_FAILED', message: reason };
    case 'undecided': {
      const until = row.gateHeldUntil?.getTime();
      if (until === undefined)
        return { do: 'hold', until: new Date(nowMs + gate.holdMinutes * 60_000), message: reason };
      if (until <= nowMs)
        return { do: 'fail', code: 'GATE_EXPIRED', message: `Nobody decided about it in time. ${reason}` };
      return waitUntil(step, row, until, nowMs);
    }
  }
}

/**
 * Puts the gate between a rollout and its end: what would be complete is judged first, at the looks that were planned.
 * Decides by the row and the looks that are stored alone, so that a worker that comes after a crash goes on with the
 * look that is next, and judges the time that was planned for it.
 *
 * @param step what the rollout by itself comes to
 */
export function decideGate(
  step: Step,
  row: DeploymentRecord,
  looks: readonly GateLook[],
  nowMs: number,
): Step {
  const { gate, gateStartedAt } = row;
  if (gate === null || (step.do !== 'complete' && step.do !== 'wait')) return step;
  if (step.do === 'complete' && row.rolledOutAt === null)
    return { do: 'rolled_out', message: step.message, progress: step.progress };
  if (row.gateLetThroughBy !== null) return step;
  if (gateStartedAt === null)
    return step.do === 'complete' || gate.begins === 'applied' ? { do: 'begin_gate', gate } : step;
  if (row.gateBaseline === null) return step;
  const outcome = gateOutcome(gate, looks);
  if (outcome.is !== 'open') return afterLooks(step, row, outcome, { gate, nowMs });
  const next = plannedLook(gate, gateStartedAt, outcome.next);
  // Nothing passes before all of it runs.
  if (next.look === gate.definition.looks && row.rolledOutAt === null) return step;
  if (next.dueAt > nowMs) return waitUntil(step, row, next.dueAt, nowMs);
  return { do: 'judge', look: next, before: looks, gate, baselineVersion: row.gateBaseline };
}

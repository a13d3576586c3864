import type { deploymentGateLooks } from '#db/schema/deployments.ts';
import type { GateState, GateView, KeptGate } from '#lib/model/deployment-gate.ts';
import { isActive } from '#lib/model/deployment-status.ts';
import { SETTLED_AFTER_MS } from '#lib/model/gate.ts';
import type { DeploymentRecord } from '../move-deployment.ts';

export type GateLook = typeof deploymentGateLooks.$inferSelect;

/** Looks in a row at which nothing could be asked, after which a version fails (deployment S-97). */
const MOST_ERRORS = 5;
/** A cluster that does not answer is waited for so long beyond the last look, milliseconds. */
const MARGIN_MS = 600_000;

/** A look and the time that it judges; times are Unix milliseconds, `to` excluded. */
export interface PlannedLook {
  look: number;
  from: number;
  to: number;
  /** When what happened in that time is known. */
  dueAt: number;
}

/** A look as it was planned when the gate began: whoever takes it, and however late, judges the same time. */
export function plannedLook(gate: KeptGate, startedAt: Date, look: number): PlannedLook {
  const from = startedAt.getTime();
  const to = from + Math.round((gate.durationSeconds * 1000 * look) / gate.definition.looks);
  return { look, from, to, dueAt: to + SETTLED_AFTER_MS };
}

/** What the looks so far come to. */
export type GateOutcome =
  | { is: 'open'; next: number }
  | { is: 'passed'; reason: string }
  | { is: 'failed'; reason: string }
  /** All looks were taken, and a person has to decide. */
  | { is: 'undecided'; reason: string };

/** The verdict of a gate by its looks alone, in their order; of each the verdict stands in its row. */
export function gateOutcome(
  gate: KeptGate,
  looks: readonly Pick<GateLook, 'verdict' | 'reason'>[],
): GateOutcome {
  const last = looks.at(-1);
  if (!last) return { is: 'open', next: 1 };
  const { verdict, reason } = last;
  if (verdict === 'pass') return { is: 'passed', reason };
  const errors = looks.length - 1 - looks.findLastIndex((look) => look.verdict !== 'error');
  if (verdict === 'fail' || errors >= MOST_ERRORS) return { is: 'failed', reason };
  if (looks.length < gate.definition.looks) return { is: 'open', next: looks.length + 1 };
  const outcomes = { pass: 'passed', fail: 'failed', pause: 'undecided' } as const;
  return { is: outcomes[gate.onUndecided], reason: `The last look decided nothing. ${reason}` };
}

type GateRow = Pick<
  DeploymentRecord,
  | 'gate'
  | 'gateStartedAt'
  | 'gateBaseline'
  | 'gateHeldUntil'
  | 'gateLetThroughBy'
  | 'status'
  | 'version'
  | 'rolledOutAt'
>;

/** Until when a gate is decided at the latest, also while the cluster does not answer; null before it is rolled out. */
export function gateDeadline({ gate, gateStartedAt, gateHeldUntil, rolledOutAt }: GateRow): Date | null {
  if (gate === null || rolledOutAt === null) return null;
  if (gateHeldUntil !== null) return gateHeldUntil;
  const { dueAt } = plannedLook(gate, gateStartedAt ?? rolledOutAt, gate.definition.looks);
  return new Date(Math.max(dueAt, rolledOutAt.getTime()) + MARGIN_MS);
}

function stateOf(row: GateRow, gate: KeptGate, looks: readonly GateLook[]): GateState {
  if (row.gateLetThroughBy !== null) return 'let_through';
  const isOpen = isActive(row.status);
  if (row.gateStartedAt === null) return isOpen ? 'waiting' : 'stopped';
  if (row.gateBaseline === null) return 'skipped';
  const outcome = gateOutcome(gate, looks);
  if (outcome.is === 'passed' || outcome.is === 'failed') return outcome.is;
  if (outcome.is === 'undecided' && row.status === 'failed') return 'failed';
  if (!isOpen) return 'stopped';
  return outcome.is === 'undecided' ? 'held' : 'judging';
}

/** The gate of a deployment as it is shown; null where it has none. */
export function gateView(row: GateRow, looks: readonly GateLook[]): GateView | null {
  const { gate, gateStartedAt: startedAt } = row;
  if (gate === null) return null;
  const state = stateOf(row, gate, looks);
  const planned = (look: number) => startedAt && plannedLook(gate, startedAt, look).dueAt;
  return {
    ...{ state, gate, version: gate.version ?? row.version },
    baselineVersion: row.gateBaseline ?? gate.baselineVersion ?? null,
    startedAt: startedAt?.getTime() ?? null,
    endsAt: state === 'skipped' ? null : planned(gate.definition.looks),
    nextLookAt: state === 'judging' ? planned(looks.length + 1) : null,
    heldUntil: state === 'held' ? (row.gateHeldUntil?.getTime() ?? null) : null,
    letThroughBy: row.gateLetThroughBy,
    looks: looks.map(({ look, at, verdict, reason, judgement }) => ({
      ...{ look, at: at.getTime(), verdict, reason, judgement },
    })),
  };
}

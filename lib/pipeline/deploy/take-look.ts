import { deploymentGateLooks } from '#db/schema/deployments.ts';
import { readOwnAgent } from '#lib/agents/own-agent.ts';
import { versionBefore } from '#lib/agents/version-before.ts';
import type { CommandDeps } from '#lib/command/context.ts';
import type { DeploymentRecord } from '#lib/deployments/move-deployment.ts';
import { containerImage } from '#lib/deployments/rolling-back/image-reference.ts';
import { isAppError } from '#lib/kernel/errors.ts';
import type { KeptGate, LookVerdict } from '#lib/model/deployment-gate.ts';
import { formatPlural } from '#lib/model/format.ts';
import type { GateDefinition, GateJudgement } from '#lib/model/gate.ts';
import { uuidv7 } from '#lib/model/uuid.ts';
import { judgeWindow } from '#lib/pipeline/judge/judge-window.ts';
import { lastRunOfVersion } from '#lib/runs/version-samples.ts';
import type { Step } from './decide-step.ts';
import { writeUnderLease } from './lease.ts';
import { note, type SettleTools } from './settle.ts';

export interface GateTools extends SettleTools, Pick<CommandDeps, 'outbound' | 'sealer'> {}

/** How far back runs of the version before are looked for, milliseconds: spans are kept so long. */
const LOOK_BACK_MS = 14 * 86_400_000;

type Judge = Extract<Step, { do: 'judge' }>;

/**
 * What a version is compared with: what somebody named, else what its workload ran before, as far as telemetry knows
 * it by that name, else the version that the agent's telemetry named before. Null: there is nothing.
 */
async function baselineOf(
  { db }: SettleTools,
  row: DeploymentRecord,
  gate: KeptGate,
  now: Date,
): Promise<string | null> {
  if (gate.baselineVersion !== undefined) return gate.baselineVersion;
  const { teamId, agentId } = row;
  const version = gate.version ?? row.version;
  const tag = containerImage(row.previousManifest, row.container)?.version ?? null;
  const own = tag === version ? null : tag;
  if (agentId === null) return own;
  const to = now.getTime();
  const window = { agentId, version: own ?? '', from: to - LOOK_BACK_MS, to };
  if (own !== null && (await lastRunOfVersion(db, teamId, window)) !== null) return own;
  return (await versionBefore(db, teamId, agentId, version)) ?? own;
}

/** Begins to judge: from now on all looks are planned. Where nothing ran before there is nothing to compare with. */
export async function beginGate(
  tools: GateTools,
  row: DeploymentRecord,
  gate: KeptGate,
  at: Date,
): Promise<DeploymentRecord> {
  const held = await writeUnderLease(tools.db, row);
  const gateBaseline = await baselineOf(tools, held, gate, at);
  const set = { gateStartedAt: at, gateBaseline };
  if (gateBaseline === null) {
    const message = 'Nothing is known that ran before it, so there is nothing to compare it with.';
    return note(tools, held, { code: 'gate.skipped', message, set });
  }
  const { looks } = gate.definition;
  const message = `Compared with ${gateBaseline}: ${formatPlural(looks, 'look')} in ${gate.durationSeconds} s`;
  return note(tools, held, { code: 'gate.started', message, set });
}

/** Queries go on counting the errors that they had in a row up to the look before (deployment S-97). */
function withErrors({ definition }: KeptGate, before: Judge['before']): GateDefinition {
  const last = before.at(-1)?.judgement?.queries ?? [];
  const queries = definition.queries.map((query) => {
    const asked = last.find(({ source, template }) => source === query.source && template === query.template);
    return { ...query, errorsBefore: asked?.errors ?? 0 };
  });
  return { ...definition, queries };
}

async function judged(
  tools: GateTools,
  row: DeploymentRecord,
  { look, gate, before, baselineVersion }: Judge,
): Promise<{ verdict: LookVerdict; reason: string; judgement: GateJudgement | null }> {
  const { teamId, agentId } = row;
  if (agentId === null) return { verdict: 'error', reason: 'The agent was removed.', judgement: null };
  try {
    const agent = await readOwnAgent(tools.db, teamId, agentId);
    const judgement = await judgeWindow(tools.db, tools, teamId, {
      ...{ agentId, agent, version: gate.version ?? row.version, baselineVersion },
      ...{ gate: withErrors(gate, before), from: look.from, to: look.to, look: look.look },
    });
    return { verdict: judgement.verdict, reason: judgement.reason, judgement };
  } catch (error) {
    if (!isAppError(error)) throw error;
    return { verdict: 'error', reason: error.message, judgement: null };
  }
}

/**
 * Takes one look of a gate: the verdict becomes a row with its entry in the timeline, both or neither. What it leads to is
 * decided by the rows then.
 *
 * @throws LeaseLost
 */
export async function takeLook(
  tools: GateTools,
  row: DeploymentRecord,
  step: Judge,
): Promise<DeploymentRecord> {
  const held = await writeUnderLease(tools.db, row);
  const { look } = step.look;
  const found = await judged(tools, held, step);
  const message = `Look ${look} of ${step.gate.definition.looks}: ${found.verdict}. ${found.reason}`;
  return note(tools, held, { code: `gate.${found.verdict}`, message }, async (tx, { at }) => {
    const { id: deploymentId, teamId } = held;
    await tx.insert(deploymentGateLooks).values({ id: uuidv7(), teamId, deploymentId, look, ...found, at });
  });
}

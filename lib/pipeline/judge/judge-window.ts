import type { Reader } from '#db/client.ts';
import type { CommandDeps } from '#lib/command/context.ts';
import { judge } from '#lib/gates/judge.ts';
import { askQueries } from '#lib/gates/sources/ask-queries.ts';
import type { GateDefinition, GateJudgement } from '#lib/model/gate.ts';
import { readGateSamples } from './gate-samples.ts';

/** What is judged at one look; times are Unix milliseconds, `to` excluded. */
export interface JudgedWindow {
  agentId: string;
  agent: { name: string; environment: string; serviceNamespace: string };
  version: string;
  baselineVersion: string;
  gate: GateDefinition;
  from: number;
  to: number;
  look: number;
}

/**
 * Judges a version in a stretch of time by the telemetry of both versions and by the queries of the gate.
 *
 * @throws AppError `invalid` for a source or template that the team does not have
 */
export async function judgeWindow(
  db: Reader,
  deps: Pick<CommandDeps, 'outbound' | 'sealer'>,
  teamId: string,
  { agentId, agent, version, baselineVersion, gate, from, to, look }: JudgedWindow,
): Promise<GateJudgement> {
  const { minimumRuns, queries } = gate;
  const window = { agentId, version, baselineVersion, from, to, minimumRuns };
  const samples = await readGateSamples(db, teamId, window);
  const values = {
    ...{ agent: agent.name, environment: agent.environment, namespace: agent.serviceNamespace },
    ...{ version, baseline: baselineVersion },
  };
  const asked = await askQueries(db, deps, teamId, queries, { values, from, to });
  return judge(gate, samples, look, asked);
}

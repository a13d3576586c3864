import { z } from 'zod';
import { readOwnAgent } from '#lib/agents/own-agent.ts';
import { versionBefore } from '#lib/agents/version-before.ts';
import { defineQuery } from '#lib/command/define-query.ts';
import { AppError } from '#lib/kernel/errors.ts';
import { type GateJudgement, gateQuestion, LONGEST_WINDOW_MS, SETTLED_AFTER_MS } from '#lib/model/gate.ts';
import { judgeWindow } from './judge-window.ts';

function refuse(path: string, message: string): never {
  throw new AppError('invalid', message, { issues: [{ path, message }] });
}

/**
 * Judges a version of an agent by its telemetry, as a deployment does at each of its looks; for any system that ships
 * agents. It changes nothing and remembers nothing: whoever asks says which of the planned looks this is.
 */
export const judgeVersion = defineQuery({
  name: 'gates.judge',
  permission: 'deployments:read',
  feature: 'deployment_automation',
  isHeavy: true,
  input: z.strictObject({ agentId: z.uuid(), ...gateQuestion }),
  async run({ input, actor, db, deps, now }): Promise<GateJudgement> {
    const { agentId, version, gate, from, look } = input;
    const { teamId } = actor;
    const agent = await readOwnAgent(db, teamId, agentId);
    const to = Math.min(input.to ?? Number.POSITIVE_INFINITY, now.getTime() - SETTLED_AFTER_MS);
    if (to <= from) refuse('from', 'The version must have run for some seconds.');
    if (to - from > LONGEST_WINDOW_MS) refuse('from', 'At most seven days are judged at once.');
    const baselineVersion =
      input.baselineVersion ??
      (await versionBefore(db, teamId, agentId, version)) ??
      refuse('baselineVersion', 'No version is known that came before: name the one to compare with.');
    if (baselineVersion === version) refuse('baselineVersion', 'A version is compared with another one.');
    const window = { agentId, agent, version, baselineVersion, gate, from, to, look };
    return judgeWindow(db, deps, teamId, window);
  },
});

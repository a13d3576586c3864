/**
 * Judging a version of an agent: where its runs, the agent's versions and the gate meet.
 *
 * This file reads what a gate judges: runs of the new version and of the one it is compared with.
 */
import type { Reader } from '#db/client.ts';
import type { GateSamples } from '#lib/model/gate.ts';
import { lastRunOfVersion, sampleVersion } from '#lib/runs/version-samples.ts';

/** How far back the last time of the old version is looked for: spans are kept so long. */
const LOOK_BACK_MS = 14 * 86_400_000;

/** Which runs are to be compared; times are Unix milliseconds, `to` excluded. */
export interface GateWindow {
  agentId: string;
  version: string;
  baselineVersion: string;
  from: number;
  to: number;
  /** Of as many runs in the same time the old version is judged by these; below, by its last time before. */
  minimumRuns: number;
}

/**
 * The runs of both versions in the same time, where both had enough of them: what happens to the world in that time
 * happens to both. Else the old version's last stretch of the same length is taken, which ends with its last run.
 */
export async function readGateSamples(db: Reader, teamId: string, window: GateWindow): Promise<GateSamples> {
  const { agentId, version, baselineVersion, from, to, minimumRuns } = window;
  const candidate = await sampleVersion(db, teamId, { agentId, version, from, to });
  const baseline = { agentId, version: baselineVersion };
  const beside = await sampleVersion(db, teamId, { ...baseline, from, to });
  if (beside.runs.length >= minimumRuns) return { comparison: 'same_window', candidate, baseline: beside };
  const earlier = { ...baseline, from: from - LOOK_BACK_MS, to: from };
  const last = beside.lastAt ?? (await lastRunOfVersion(db, teamId, earlier));
  if (last === null) return { comparison: 'before_after', candidate, baseline: beside };
  const end = Math.floor(last) + 1;
  const before = await sampleVersion(db, teamId, { ...baseline, from: end - (to - from), to: end });
  return { comparison: 'before_after', candidate, baseline: before };
}

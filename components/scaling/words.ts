import type { Tone } from '#components/ui/status.tsx';
import { formatCount, formatDuration, formatMoney, formatPlural } from '#lib/model/format.ts';
import type { DecisionResult, ScalingPolicy, ScalingRule, ScalingState } from '#lib/model/scaling.ts';

/** What became of a decision, as a label. */
export const RESULT_LOOKS: Record<DecisionResult, { word: string; tone: Tone }> = {
  recommended: { word: 'Recommended', tone: 'progress' },
  acting: { word: 'Under way', tone: 'progress' },
  scaled: { word: 'Scaled', tone: 'ok' },
  failed: { word: 'Failed', tone: 'critical' },
  dropped: { word: 'Not done', tone: 'unknown' },
  stays: { word: 'Stays', tone: 'unknown' },
  holds: { word: 'Left alone', tone: 'warning' },
};

const replicas = (count: number): string => formatPlural(count, 'replica');

/** What a policy goes by, in a sentence. */
export function ruleWords({ load, costPerHour, minReplicas, maxReplicas }: ScalingRule): string {
  const bounds = `${minReplicas} to ${replicas(maxReplicas)}`;
  const budget = costPerHour === null ? '' : `, at most ${formatMoney(costPerHour)} an hour`;
  if (load === null) return `${bounds}${budget}.`;
  if (load.by === 'p95_latency')
    return `${bounds}, so that 95 of 100 runs end within ${formatDuration(load.target)}${budget}.`;
  const what = load.by === 'queue_depth' ? `of ${load.metric}` : 'runs a minute';
  return `${bounds}, ${formatCount(load.target)} ${what} for each${budget}.`;
}

/** The conclusion of the page: what is asked for, and what becomes of it. */
export function verdictWords({ state, isDryRun }: Pick<ScalingPolicy, 'state' | 'isDryRun'>): string {
  if (!state) return 'Not looked at yet: the first look comes within half a minute.';
  const { outcome, from, to } = state;
  if (outcome === 'hold') return from === null ? 'Left alone.' : `Left alone at ${replicas(from)}.`;
  if (outcome === 'stay' || from === null || to === null)
    return `${replicas(from ?? 0)}, and it stays so for now.`;
  const asked = `${replicas(from)}, ${to} ${to === 1 ? 'is' : 'are'} asked for`;
  return isDryRun ? `${asked}. This is a dry run: nothing is changed.` : `${asked}.`;
}

/** `2 to 5`, `stays at 2`, empty where nothing is known. */
export function changeWords({ from, to }: Pick<ScalingState, 'from' | 'to'>): string {
  if (from === null || to === null) return '';
  return from === to ? `at ${to}` : `${from} to ${to}`;
}

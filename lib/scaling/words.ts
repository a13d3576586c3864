import { formatCount, formatDuration, formatMoney, formatPlural } from '#lib/model/format.ts';
import type { ScalingRule } from '#lib/model/scaling.ts';
import type { ScalingSituation } from './situation.ts';

/** The reasons of a recommendation, each a sentence with its figures. */

const count = (replicas: number): string => formatPlural(replicas, 'replica');

/** A value of what is scaled by, in its unit. */
function loadValue(load: NonNullable<ScalingRule['load']>, value: number): string {
  return load.by === 'p95_latency' ? formatDuration(value) : formatCount(value);
}

function measured(load: NonNullable<ScalingRule['load']>, value: number, replicas: number): string {
  const target = loadValue(load, load.target);
  const shown = loadValue(load, value);
  if (load.by === 'p95_latency') return `95 of 100 runs end within ${shown}, the target is ${target}`;
  if (load.by === 'queue_depth' && load.reports === 'own_part')
    return `${load.metric} is at ${shown} for each replica, the target is ${target}`;
  const each = loadValue(load, value / replicas);
  const what = load.by === 'queue_depth' ? `${load.metric} is at ${shown}` : `${shown} runs a minute`;
  const whose = replicas === 1 ? 'the one replica' : `each of ${count(replicas)}`;
  return `${what}, ${each} for ${whose}, the target is ${target}`;
}

/** What the load asks for. */
export function asked(
  { load }: ScalingRule,
  { load: value, replicas }: ScalingSituation,
  wanted: number,
): string {
  if (load === null || value === null) return '';
  const words = measured(load, value, replicas);
  return wanted === replicas
    ? `${words}: ${count(replicas)} ${replicas === 1 ? 'is' : 'are'} enough.`
    : `${words}: that asks for ${count(wanted)}.`;
}

export function budgetWords(ceiling: number, { costPerHour }: ScalingSituation, cap: number): string {
  const limit = `${formatMoney(ceiling)} an hour`;
  if (costPerHour === null)
    return `What it costs is not known, so nothing is added under the budget of ${limit}.`;
  return `It costs ${formatMoney(costPerHour)} an hour and the budget is ${limit}: that carries ${count(cap)}.`;
}

export function boundWords({ minReplicas, maxReplicas }: ScalingRule, isRaised: boolean): string {
  return isRaised ? `There are ${minReplicas} at least.` : `There are ${maxReplicas} at most.`;
}

export function stabilisationWords(rule: ScalingRule, steady: number, isUp: boolean): string {
  const seconds = isUp ? rule.upStabilisationSeconds : rule.downStabilisationSeconds;
  const which = isUp ? 'fewest' : 'most';
  return `The ${which} that were asked for in the last ${formatDuration(seconds * 1000)} count: ${steady}.`;
}

export function coolDownWords(rule: ScalingRule, isUp: boolean, waits: number): string {
  const seconds = isUp ? rule.upCooldownSeconds : rule.downCooldownSeconds;
  const what = isUp ? 'added' : 'taken away';
  return `Replicas are ${what} ${formatDuration(seconds * 1000)} after a change at the earliest: ${formatDuration(waits * 1000)} to go.`;
}

export function startingWords(available: number, replicas: number): string {
  return `${available} of ${count(replicas)} are available: the others are waited for before more are added.`;
}

export function stepWords(rule: ScalingRule, isUp: boolean, to: number): string {
  return isUp
    ? `${rule.maxStepUp} at once at most are added: ${to} for now.`
    : `${rule.maxStepDown} at once at most are taken away: ${to} for now.`;
}

/** Why nothing can be said. */
export function missingWords({ load, windowSeconds }: ScalingRule): string {
  const time = formatDuration(windowSeconds * 1000);
  if (load === null) return `No cost of the last ${time} is known. Silence changes nothing.`;
  const what = load.by === 'queue_depth' ? `No value of ${load.metric}` : 'No run of the agent';
  return `${what} was seen in the last ${time}. Silence changes nothing.`;
}

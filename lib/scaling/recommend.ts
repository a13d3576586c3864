/**
 * Scaling: how many replicas an agent's load asks for. What a policy says and what was measured go in, a number with its
 * reasons comes out; `lib/pipeline/scale` looks at clusters and acts.
 *
 * This file holds the rule: target tracking as the HorizontalPodAutoscaler does it, then budget, bounds, stabilisation,
 * cool-down and steps. Pure.
 */
import type { ScalingRule } from '#lib/model/scaling.ts';
import type { ScalingSituation } from './situation.ts';
import {
  asked,
  boundWords,
  budgetWords,
  coolDownWords,
  missingWords,
  stabilisationWords,
  startingWords,
  stepWords,
} from './words.ts';

/** A load so near its target asks for nothing, as in the HorizontalPodAutoscaler. */
const TOLERANCE = 0.1;
/** Keeps 3.0000000001 from being rounded up to 4. */
const EPSILON = 1e-9;

/** What is kept from one look to the next; times are Unix milliseconds. */
export interface ScalingMemory {
  recent: readonly { at: number; replicas: number }[];
  lastScaledAt: number | null;
}

export interface Recommendation {
  outcome: 'change' | 'stay' | 'hold';
  to: number;
  /** Why, in words and figures. */
  words: string;
  recent: { at: number; replicas: number }[];
}

/** How much of its target each replica has to bear: 1 is all of it. */
function strain(load: NonNullable<ScalingRule['load']>, value: number, replicas: number): number {
  const isPerReplica =
    load.by === 'p95_latency' || (load.by === 'queue_depth' && load.reports === 'own_part');
  return value / load.target / (isPerReplica ? 1 : replicas);
}

/** The number that the load asks for; the one there is where it is near enough. */
function forLoad({ load }: ScalingRule, { replicas, load: value }: ScalingSituation): number {
  if (load === null || value === null) return replicas;
  const ratio = strain(load, value, replicas);
  return Math.abs(ratio - 1) <= TOLERANCE + EPSILON ? replicas : Math.ceil(replicas * ratio - EPSILON);
}

/** The most replicas that the budget carries at what each costs now; null: nothing is known of that. */
function budgetCap(ceiling: number, { replicas, costPerHour }: ScalingSituation): number | null {
  if (costPerHour === null) return null;
  return costPerHour === 0
    ? Number.POSITIVE_INFINITY
    : Math.floor((replicas * ceiling) / costPerHour + EPSILON);
}

interface Wanted {
  replicas: number;
  words: string[];
}

/** What is asked for at this moment alone: by the load, the budget and the bounds; null: nothing is known. */
function wantedNow(rule: ScalingRule, situation: ScalingSituation): Wanted | null {
  if (rule.load !== null && situation.load === null) return null;
  if (rule.load === null && situation.costPerHour === null) return null;
  let replicas = forLoad(rule, situation);
  const words = [asked(rule, situation, replicas)];
  if (rule.costPerHour !== null) {
    // What it costs is not known: that is no reason to add, and none to keep what the load does not ask for.
    const cap = budgetCap(rule.costPerHour, situation) ?? situation.replicas;
    if (cap < replicas) {
      words.push(budgetWords(rule.costPerHour, situation, cap));
      replicas = cap;
    }
  }
  const bounded = Math.min(rule.maxReplicas, Math.max(rule.minReplicas, replicas));
  if (bounded !== replicas) words.push(boundWords(rule, bounded > replicas));
  return { replicas: bounded, words: words.filter((each) => each !== '') };
}

const within = (recent: ScalingMemory['recent'], nowMs: number, seconds: number): number[] =>
  recent.filter(({ at }) => at > nowMs - seconds * 1000).map(({ replicas }) => replicas);

/**
 * The number that was asked for throughout: the least of what was when it is more, the most when it is less. Before
 * anything was, the number there is counts from now on, so that nobody's first look takes replicas away.
 */
function remembered(rule: ScalingRule, { recent }: ScalingMemory, replicas: number, nowMs: number) {
  const longest = Math.max(rule.upStabilisationSeconds, rule.downStabilisationSeconds);
  const kept = recent.filter(({ at }) => at > nowMs - longest * 1000 && at <= nowMs);
  return kept.length > 0 || longest === 0 ? kept : [{ at: nowMs, replicas }];
}

function stabilised(
  rule: ScalingRule,
  kept: ScalingMemory['recent'],
  from: number,
  to: number,
  nowMs: number,
) {
  if (to > from) return Math.max(from, Math.min(to, ...within(kept, nowMs, rule.upStabilisationSeconds)));
  return Math.min(from, Math.max(to, ...within(kept, nowMs, rule.downStabilisationSeconds)));
}

/** Seconds until a change in this direction may follow the last one; 0: now. */
function coolsFor(rule: ScalingRule, { lastScaledAt }: ScalingMemory, isUp: boolean, nowMs: number): number {
  if (lastScaledAt === null) return 0;
  const seconds = isUp ? rule.upCooldownSeconds : rule.downCooldownSeconds;
  return Math.max(0, Math.ceil(seconds - (nowMs - lastScaledAt) / 1000));
}

/** Decides how many replicas there should be. What is not known never changes anything. */
export function recommend(
  rule: ScalingRule,
  situation: ScalingSituation,
  memory: ScalingMemory,
  nowMs: number,
): Recommendation {
  const { replicas: from, available } = situation;
  const wanted = wantedNow(rule, situation);
  if (wanted === null) {
    const recent = memory.recent.filter(({ at }) => at <= nowMs).slice();
    return { outcome: 'hold', to: from, words: missingWords(rule), recent };
  }
  const kept = remembered(rule, memory, from, nowMs);
  const recent = [...kept, { at: nowMs, replicas: wanted.replicas }];
  const stay = (...more: string[]): Recommendation => ({
    ...{ outcome: 'stay', to: from, recent },
    words: [...wanted.words, ...more].join(' '),
  });
  if (wanted.replicas === from) return stay();
  const steady = stabilised(rule, kept, from, wanted.replicas, nowMs);
  const isUp = wanted.replicas > from;
  if (steady === from) return stay(stabilisationWords(rule, from, isUp));
  if (isUp && available < from) return stay(startingWords(available, from));
  const waits = coolsFor(rule, memory, isUp, nowMs);
  if (waits > 0) return stay(coolDownWords(rule, isUp, waits));
  const to = isUp ? Math.min(steady, from + rule.maxStepUp) : Math.max(steady, from - rule.maxStepDown);
  const words = [...wanted.words];
  if (steady !== wanted.replicas) words.push(stabilisationWords(rule, steady, isUp));
  if (to !== steady) words.push(stepWords(rule, isUp, to));
  return { outcome: 'change', to, words: words.join(' '), recent };
}

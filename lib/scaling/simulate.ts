import { formatPlural } from '#lib/model/format.ts';
import type { ScalingPreview, ScalingRule } from '#lib/model/scaling.ts';
import type { Measured } from './measure.ts';
import { recommend, type ScalingMemory } from './recommend.ts';

type Simulated = Pick<ScalingPreview, 'replicas' | 'changes' | 'held' | 'words'>;

/** What the answer takes for granted: more replicas would have changed what is measured of each of them. */
function premise({ load, costPerHour }: ScalingRule): string {
  const asMeasured =
    load?.by === 'p95_latency' || (load?.by === 'queue_depth' && load.reports === 'own_part');
  if (asMeasured || costPerHour !== null)
    return ' It takes what was measured as it was, although other replicas would have changed it.';
  return '';
}

function inWords(rule: ScalingRule, { replicas, changes, held }: Omit<Simulated, 'words'>): string {
  if (held === replicas.length)
    return 'Nothing was measured in the last hour, so nothing would have been changed.';
  const missing =
    held === 0 ? '' : ` Nothing was known at ${held} of ${formatPlural(replicas.length, 'look')}.`;
  const [first] = changes;
  if (!first)
    return `It would have stayed at ${formatPlural(replicas[0] ?? 0, 'replica')}.${missing}${premise(rule)}`;
  const range = `between ${Math.min(first.from, ...replicas)} and ${Math.max(first.from, ...replicas)} replicas`;
  return `It would have changed the number ${formatPlural(changes.length, 'time')}, ${range}.${missing}${premise(rule)}`;
}

/** Lets a policy act on what was measured, from so many replicas on, as if each change had been done at once. */
export function simulate(
  rule: ScalingRule,
  from: number,
  looks: readonly (Measured & { at: number })[],
): Simulated {
  let memory: ScalingMemory = { recent: [], lastScaledAt: null };
  let replicas = from;
  let held = 0;
  const changes: Simulated['changes'] = [];
  const after = looks.map(({ at, load, costPerHour }) => {
    const said = recommend(rule, { replicas, available: replicas, load, costPerHour }, memory, at);
    if (said.outcome === 'hold') held++;
    if (said.outcome === 'change') changes.push({ at, from: replicas, to: said.to, words: said.words });
    memory = { recent: said.recent, lastScaledAt: said.outcome === 'change' ? at : memory.lastScaledAt };
    replicas = said.to;
    return replicas;
  });
  return { replicas: after, changes, held, words: inWords(rule, { replicas: after, changes, held }) };
}

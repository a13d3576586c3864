import type { EscalationStep } from '#lib/model/on-call.ts';
import type { PolicyView } from '#lib/model/on-call-view.ts';

/** How often a policy goes through its steps while nobody answers. */
export function repeatWords({ repeat }: Pick<PolicyView, 'repeat'>): string {
  if (repeat === 0) return 'once';
  return repeat === -1 ? 'until somebody answers' : `repeats ${repeat} ${repeat === 1 ? 'time' : 'times'}`;
}

export function routeCountWords({ routes }: Pick<PolicyView, 'routes'>): string {
  if (routes === 0) return 'no route leads here yet';
  return routes === 1 ? '1 route' : `${routes} routes`;
}

/** Whom a step pages: those who are gone are said to be, and a step without anybody says so. */
export function pagedWords(
  { targets }: Pick<EscalationStep, 'targets'>,
  names: Readonly<Record<string, string>>,
): string {
  return targets.map(({ id }) => names[id] ?? 'somebody who is gone').join(', ') || 'nobody';
}

import { EVERY_ENVIRONMENT } from '#lib/model/deployment.ts';
import { formatPlural } from '#lib/model/format.ts';
import type { FreezeWindow, HeldDeployments } from '#lib/model/freeze-window.ts';

const list = new Intl.ListFormat('en', { type: 'conjunction' });

/** What a window freezes, as people call it. */
export const frozenPlace = (environment: string): string =>
  environment === EVERY_ENVIRONMENT ? 'every environment' : environment;

/** The conclusion of the page: what is frozen now. */
export function frozenWords(windows: readonly FreezeWindow[]): string {
  const on = windows.filter(({ state }) => state === 'on');
  if (on.length === 0) {
    const planned = windows.filter(({ state }) => state === 'planned').length;
    return `Nothing is frozen now${planned === 0 ? '' : `, ${formatPlural(planned, 'freeze')} to come`}.`;
  }
  const places = new Set(on.map(({ environment }) => environment));
  if (places.has(EVERY_ENVIRONMENT)) return 'Every environment is frozen now.';
  return `${list.format([...places].sort())} ${places.size === 1 ? 'is' : 'are'} frozen now.`;
}

/** What a freeze would do to the deployments that were not begun; `when` says whether it would be on now. */
export function heldWords({ total }: HeldDeployments, when: 'on' | 'planned'): string {
  if (total === 0) return 'No deployment waits there now: nothing would be held.';
  const waiting = `${formatPlural(total, 'deployment waits', 'deployments wait')} there now`;
  return when === 'on'
    ? `${waiting} and would be held.`
    : `${waiting}. What of them was not begun when it starts is held.`;
}

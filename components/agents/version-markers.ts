import type { ChartMarker } from '#components/charts/prepare/markers.ts';
import type { VersionChange } from '#lib/model/agent-view.ts';
import { formatUtc } from '#lib/model/format.ts';

/** Changes of an agent's version as markers on its charts. */
export function versionMarkers(changes: readonly VersionChange[]): ChartMarker[] {
  return changes.map(({ from, to, at }) => ({
    atMs: at,
    label: /^\d/.test(to) ? `v${to}` : to,
    words: `Version ${from} became ${to} at ${formatUtc(at)}`,
  }));
}

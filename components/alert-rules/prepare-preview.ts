import type { RuleDefinition } from '#lib/model/alert-rule-schema.ts';
import type { RulePreview } from '#lib/model/alert-rule-view.ts';

/** Decides what the chart of a preview shows; the drawing decides nothing. */

export interface PreviewLine {
  label: string;
  /** 1 to 8. */
  colour: number;
  /** Stretches without gaps, in the unit square: x to the right, y upwards. */
  paths: [number, number][][];
  values: readonly (number | null)[];
}

export interface PreviewBand {
  from: number;
  to: number;
  state: 'pending' | 'firing';
}

export interface PreviewPicture {
  lines: PreviewLine[];
  linesLeftOut: number;
  bands: PreviewBand[];
  limits: { level: 'warning' | 'critical'; value: number; y: number }[];
  top: number;
  bottom: number;
}

/** More lines than these are no picture. */
const MOST_LINES = 8;

type Series = RulePreview['series'][number];

/** Names of a series' labels, in short: what only repeats for all is left out. */
export function seriesName({ labels }: Pick<Series, 'labels'>): string {
  const { agent, environment, ...rest } = labels;
  if (agent) return environment && environment !== 'default' ? `${agent} (${environment})` : agent;
  const others = Object.values(environment ? { environment, ...rest } : rest).filter((value) => value !== '');
  return others.join(', ') || 'All agents';
}

function boundsOf(series: readonly Series[], limits: readonly number[]): { top: number; bottom: number } {
  const all = [...series.flatMap(({ values }) => values.filter((value) => value !== null)), ...limits];
  const bottom = Math.min(0, ...all);
  const top = Math.max(0, ...all);
  const room = (top - bottom || 1) * 0.08;
  return { top: top + room, bottom: bottom < 0 ? bottom - room : 0 };
}

function stretches(values: readonly (number | null)[], yOf: (value: number) => number): [number, number][][] {
  const paths: [number, number][][] = [];
  let open: [number, number][] | null = null;
  const last = Math.max(1, values.length - 1);
  for (const [i, value] of values.entries()) {
    if (value === null) open = null;
    else {
      if (open === null) {
        open = [];
        paths.push(open);
      }
      open.push([i / last, yOf(value)]);
    }
  }
  return paths;
}

/** The worst state of all shown series at each step, joined to stretches. */
function bandsOf(series: readonly Series[], steps: number): PreviewBand[] {
  const bands: PreviewBand[] = [];
  const last = Math.max(1, steps - 1);
  for (let i = 0; i < steps; i++) {
    const states = series.map(({ states }) => states[i] ?? 'normal');
    const isFiring = states.some((state) => state === 'firing' || state === 'recovering');
    const state = isFiring ? 'firing' : states.includes('pending') ? 'pending' : null;
    const before = bands.at(-1);
    const from = Math.max(0, i - 0.5) / last;
    const to = Math.min(last, i + 0.5) / last;
    if (state !== null && before?.state === state && Math.abs(before.to - from) < 1e-9) before.to = to;
    else if (state !== null) bands.push({ from, to, state });
  }
  return bands;
}

/** Levels are drawn only where they are in the unit of the values. */
function limitsOf({ type, levels }: RuleDefinition) {
  if (type === 'anomaly' || type === 'burn_rate') return [];
  return (['warning', 'critical'] as const).flatMap((level) => {
    const value = levels[level];
    return value === undefined ? [] : [{ level, value }];
  });
}

export function preparePreview(preview: RulePreview, definition: RuleDefinition): PreviewPicture {
  const shown = preview.series.slice(0, MOST_LINES);
  const limits = limitsOf(definition);
  const { top, bottom } = boundsOf(
    shown,
    limits.map(({ value }) => value),
  );
  const yOf = (value: number) => (value - bottom) / (top - bottom);
  return {
    lines: shown.map((series, i) => ({
      label: seriesName(series),
      colour: i + 1,
      paths: stretches(series.values, yOf),
      values: series.values,
    })),
    linesLeftOut: preview.series.length - shown.length,
    bands: bandsOf(preview.series, preview.times.length),
    limits: limits.map((limit) => ({ ...limit, y: yOf(limit.value) })),
    top,
    bottom,
  };
}

import type uPlot from 'uplot';
import { formatUtc } from '#lib/model/format.ts';
import { type ChartMarker, markersAt } from '../prepare/markers.ts';

export interface TooltipLine {
  label: string;
  /** CSS colour or variable of the swatch. */
  colour: string;
  /** @param at index of the value among those of its line */
  format: (value: number | null, at: number) => string;
}

/** How near, in pixels, the crosshair has to come to a marker for its words. */
const MARKER_REACH_PX = 6;

/** A box beside the crosshair with the time, in the viewer's zone and UTC, each line's value, and what happened there. */
export function tooltipPlugin(
  lines: readonly TooltipLine[],
  markers: readonly ChartMarker[],
  zone: string,
): uPlot.Plugin {
  const local = new Intl.DateTimeFormat(undefined, {
    dateStyle: 'medium',
    timeStyle: 'medium',
    timeZone: zone,
  });
  const box = document.createElement('div');
  box.className =
    'pointer-events-none absolute z-20 hidden w-max max-w-[220px] rounded-md bg-surface px-2.5 py-2 text-xs shadow-md';
  box.dataset.tooltip = '';
  const time = document.createElement('div');
  const utc = document.createElement('div');
  time.className = 'font-medium';
  utc.className = 'mb-1 text-muted';
  box.append(time, utc);
  const values = lines.map((line) => appendLine(box, line));
  const happened = document.createElement('div');
  happened.className = 'mt-1 hidden border-t border-line pt-1';
  box.append(happened);

  const place = (plot: uPlot) => {
    const { left, idx } = plot.cursor;
    const seconds = idx === null || idx === undefined ? undefined : plot.data[0][idx];
    // Crosshairs that only follow another panel stay quiet.
    if (left === undefined || left < 0 || seconds === undefined || !plot.root.matches(':hover')) {
      box.classList.add('hidden');
      return;
    }
    time.textContent = local.format(seconds * 1000);
    utc.textContent = formatUtc(seconds * 1000);
    lines.forEach((line, i) => {
      const cell = values[i];
      if (cell) cell.textContent = line.format(plot.data[i + 1]?.[idx ?? 0] ?? null, idx ?? 0);
    });
    const msPerPx = (plot.posToVal(1, 'x') - plot.posToVal(0, 'x')) * 1000;
    const near = markersAt(markers, plot.posToVal(left, 'x') * 1000, msPerPx * MARKER_REACH_PX);
    happened.textContent = near.map(({ words }) => words).join('; ');
    happened.classList.toggle('hidden', near.length === 0);
    box.classList.remove('hidden');
    const beside = left > plot.over.clientWidth / 2 ? left - box.offsetWidth - 12 : left + 12;
    box.style.transform = `translate(${Math.max(0, beside)}px, 4px)`;
  };
  return {
    hooks: {
      ready: (plot) => {
        box.style.left = '0';
        box.style.top = '0';
        plot.over.append(box);
      },
      setCursor: place,
    },
  };
}

function appendLine(box: HTMLElement, line: TooltipLine): HTMLElement {
  const row = document.createElement('div');
  row.className = 'flex items-center gap-2';
  const swatch = document.createElement('span');
  swatch.className = 'h-2 w-2 rounded-sm';
  swatch.style.background = line.colour;
  const name = document.createElement('span');
  name.className = 'min-w-0 truncate text-muted';
  name.textContent = line.label;
  const value = document.createElement('span');
  value.className = 'ml-auto pl-3 font-medium';
  row.append(swatch, name, value);
  box.append(row);
  return value;
}

import type uPlot from 'uplot';
import type { ChartMarker } from '../prepare/markers.ts';
import { formatPart, UNITS, type Unit } from '../prepare/measures.ts';
import { type Columns, topOf } from '../prepare/merge.ts';
import { tickWords } from '../prepare/ticks.ts';
import { markersPlugin } from './markers.ts';
import type { Palette } from './palette.ts';
import { type TooltipLine, tooltipPlugin } from './tooltip.ts';

export interface DrawnLine {
  label: string;
  /** 1 to 8. */
  colour: number;
}

export interface PlotSetup {
  width: number;
  height: number;
  unit: Unit;
  lines: readonly DrawnLine[];
  markers: readonly ChartMarker[];
  palette: Palette;
  font: string;
  /** Panels with the same key share their crosshair. */
  syncKey: string;
  /** Zone of the time axis, IANA name. */
  zone: string;
  /** Whether the value of a line at an index is the known part only. */
  isPart: (line: number, at: number) => boolean;
  onZoom: (fromMs: number, toMs: number) => void;
  onReset: () => void;
}

/** Smallest top of a scale, so that noise near zero doesn't fill the panel. */
const LEAST_TOP: Record<Unit, number> = {
  perMinute: 1,
  ratio: 0.05,
  duration: 10,
  moneyPerHour: 0.01,
  plain: 1,
};

const MIN_ZOOM_PX = 6;

/** Options of a time panel: quiet grid, shared crosshair, brush to zoom, double click back. */
export function plotOptions(setup: PlotSetup): uPlot.Options {
  const { palette, font } = setup;
  const format = UNITS[setup.unit].format;
  const axis = { stroke: palette.text, font, ticks: { show: false }, gap: 6 };
  const tips: TooltipLine[] = setup.lines.map((line, i) => ({
    label: line.label,
    colour: `var(--series-${line.colour})`,
    format: (value, at) => formatPart(format(value), value !== null && setup.isPart(i, at)),
  }));
  return {
    width: setup.width,
    height: setup.height,
    padding: [8, 8, 0, 0],
    legend: { show: false },
    plugins: [markersPlugin(setup.markers, palette, font), tooltipPlugin(tips, setup.markers, setup.zone)],
    scales: {
      x: { time: true, auto: false },
      y: { range: (plot) => [0, topOf(plot.data as Columns, LEAST_TOP[setup.unit])] },
    },
    axes: [
      {
        ...axis,
        grid: { show: false },
        size: 26,
        space: 64,
        values: (_plot, splits, _axis, _space, step) => tickWords(splits, step, setup.zone),
      },
      {
        ...axis,
        grid: { stroke: palette.grid, width: 1 },
        size: 56,
        space: 36,
        values: (_plot, splits) => splits.map((split) => format(split)),
      },
    ],
    series: [
      {},
      ...setup.lines.map((line, i) => seriesOf(line, palette, i === 0 && setup.lines.length === 1)),
    ],
    cursor: {
      x: true,
      y: false,
      points: { size: 6, width: 2 },
      drag: { x: true, y: false, setScale: false, dist: MIN_ZOOM_PX },
      sync: {
        key: setup.syncKey,
        setSeries: false,
        filters: { sub: (type) => type === 'mousemove' || type === 'mouseleave', pub: () => true },
      },
      bind: { dblclick: () => resetBy(setup.onReset) },
    },
    hooks: { setSelect: [(plot) => zoomTo(plot, setup.onZoom)] },
  };
}

function resetBy(onReset: () => void): () => null {
  return () => {
    onReset();
    return null;
  };
}

function seriesOf(line: DrawnLine, palette: Palette, filled: boolean): uPlot.Series {
  const stroke = palette.series[line.colour - 1] ?? palette.text;
  return {
    label: line.label,
    stroke,
    width: 1.5,
    spanGaps: false,
    points: { show: (_plot, _series, from, to) => to - from < 3, size: 4 },
    ...(filled && { fill: stroke.replace('rgb(', 'rgba(').replace(')', ', 0.08)') }),
  };
}

function zoomTo(plot: uPlot, onZoom: PlotSetup['onZoom']): void {
  const { left, width } = plot.select;
  if (width < MIN_ZOOM_PX) return;
  const fromMs = Math.round(plot.posToVal(left, 'x') * 1000);
  const toMs = Math.round(plot.posToVal(left + width, 'x') * 1000);
  plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
  onZoom(fromMs, toMs);
}

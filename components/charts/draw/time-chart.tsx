'use client';

import { useEffect, useRef } from 'react';
import type uPlot from 'uplot';
import { browserZone, useTimeZone } from '#components/ui/time-zone.tsx';
import type { ChartMarker } from '../prepare/markers.ts';
import type { Unit } from '../prepare/measures.ts';
import type { Columns } from '../prepare/merge.ts';
import { type DrawnLine, plotOptions } from './options.ts';
import { axisFont, onThemeChange, readPalette } from './palette.ts';

export interface ChartPoints {
  columns: Columns;
  /** By line and time: whether a value is the known part only of what it says. Left out where all are whole. */
  isPart?: readonly (readonly boolean[] | null)[];
  fromMs: number;
  toMs: number;
}

/** Where a chart gets its points, outside React: `read` at most once a frame, after `subscribe` told. */
export interface ChartSource {
  read(): ChartPoints;
  subscribe(listener: () => void): () => void;
}

export interface TimeChartProps {
  label: string;
  unit: Unit;
  lines: readonly DrawnLine[];
  markers?: readonly ChartMarker[];
  source: ChartSource;
  syncKey: string;
  height?: number;
  onZoom: (fromMs: number, toMs: number) => void;
  onReset: () => void;
  /** Told when the chart comes into sight and when it leaves. */
  onSight?: (visible: boolean) => void;
}

/** A time panel. Draws only while it is on screen, once a frame at most, and again in a new theme or size. */
export function TimeChart(props: TimeChartProps) {
  const host = useRef<HTMLDivElement>(null);
  const { label, unit, lines, source, syncKey, height = 168 } = props;
  const chosen = useTimeZone();
  const latest = useRef(props);
  useEffect(() => {
    latest.current = props;
  });
  const shape = JSON.stringify(lines);
  const marks = JSON.stringify(props.markers ?? []);

  useEffect(() => {
    const element = host.current;
    if (!element) return;
    const zone = chosen ?? browserZone();
    const markers = JSON.parse(marks) as ChartMarker[];
    const setup = { unit, lines: JSON.parse(shape) as DrawnLine[], markers, syncKey, height, zone };
    return mountChart(element, source, {
      ...setup,
      onZoom: (fromMs, toMs) => latest.current.onZoom(fromMs, toMs),
      onReset: () => latest.current.onReset(),
      onSight: (visible) => latest.current.onSight?.(visible),
    });
  }, [unit, shape, marks, source, syncKey, height, chosen]);

  return (
    <div
      ref={host}
      role="img"
      aria-label={label}
      className="relative min-w-0 touch-pan-y"
      style={{ height }}
    />
  );
}

interface Mounting extends Omit<Parameters<typeof plotOptions>[0], 'width' | 'palette' | 'font' | 'isPart'> {
  onSight: (visible: boolean) => void;
}

/** Owns one uPlot for the life of an element. Returns how to take it down. */
function mountChart(element: HTMLElement, source: ChartSource, setup: Mounting): () => void {
  let plot: uPlot | null = null;
  let Plot: typeof uPlot | null = null;
  let frame = 0;
  let visible = true;
  let gone = false;
  let parts: ChartPoints['isPart'];

  const draw = () => {
    frame = 0;
    if (!plot || !visible) return;
    const { columns, isPart, fromMs, toMs } = source.read();
    parts = isPart;
    const target = plot;
    target.batch(() => {
      target.setData(columns, false);
      target.setScale('x', { min: fromMs / 1000, max: toMs / 1000 });
    });
  };
  const schedule = () => {
    frame ||= requestAnimationFrame(draw);
  };
  const build = () => {
    plot?.destroy();
    if (!Plot || gone) return;
    const look = { palette: readPalette(element), font: axisFont(element), width: element.clientWidth };
    const Chart = Plot;
    const isPart = (line: number, at: number) => parts?.[line]?.[at] === true;
    const tzDate = (seconds: number) => Chart.tzDate(new Date(seconds * 1000), setup.zone);
    plot = new Chart({ ...plotOptions({ ...setup, ...look, isPart }), tzDate }, [[]], element);
    schedule();
  };

  const resize = new ResizeObserver(() => {
    if (plot && element.clientWidth > 0) plot.setSize({ width: element.clientWidth, height: setup.height });
  });
  const sight = new IntersectionObserver(([entry]) => {
    visible = entry?.isIntersecting ?? true;
    setup.onSight(visible);
    if (visible) schedule();
  });
  resize.observe(element);
  sight.observe(element);
  const stopTheme = onThemeChange(build);
  const stopSource = source.subscribe(schedule);
  import('uplot').then((module) => {
    Plot = module.default;
    build();
  });

  return () => {
    gone = true;
    cancelAnimationFrame(frame);
    resize.disconnect();
    sight.disconnect();
    stopTheme();
    stopSource();
    plot?.destroy();
  };
}

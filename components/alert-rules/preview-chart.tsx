'use client';

import { clsx } from 'clsx';
import { type KeyboardEvent, type PointerEvent, useState } from 'react';
import type { RulePreview } from '#lib/model/alert-rule-view.ts';
import type { PreviewPicture } from './prepare-preview.ts';
import { TimeAxis } from './time-axis.tsx';

const LIMIT_STROKE = { warning: 'stroke-warning', critical: 'stroke-critical' } as const;
const LIMIT_TEXT = { warning: 'text-warning-text', critical: 'text-critical-text' } as const;
const BAND_FILL = { pending: 'fill-warning-tint', firing: 'fill-critical-tint' } as const;
const SIZE = { width: 1000, height: 200 };

const pointsOf = (path: readonly (readonly [number, number])[]) =>
  path.map(([x, y]) => `${(x * SIZE.width).toFixed(1)},${((1 - y) * SIZE.height).toFixed(1)}`).join(' ');

/** Lines of the past with thresholds and the stretches in which the rule would have been pending or firing. */
export function PreviewChart(props: {
  preview: RulePreview;
  picture: PreviewPicture;
  say: (value: number) => string;
}) {
  const { preview, picture, say } = props;
  const [cursor, setCursor] = useState<number | null>(null);
  const last = preview.times.length - 1;
  const onMove = (event: PointerEvent<HTMLDivElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    setCursor(Math.max(0, Math.min(last, Math.round(((event.clientX - box.left) / box.width) * last))));
  };
  const onKey = (event: KeyboardEvent) => {
    const step = { ArrowLeft: -1, ArrowRight: 1, Home: -last, End: last }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    setCursor((at) => Math.max(0, Math.min(last, (at ?? last) + step)));
  };
  return (
    <div>
      <div className="relative">
        <div
          role="slider"
          tabIndex={0}
          aria-label="Moment of the preview"
          aria-valuemin={0}
          aria-valuemax={last}
          aria-valuenow={cursor ?? last}
          aria-valuetext={momentWords(props, cursor ?? last)}
          onPointerMove={onMove}
          onPointerLeave={() => setCursor(null)}
          onBlur={() => setCursor(null)}
          onKeyDown={onKey}
          className="relative h-44 touch-pan-y rounded-sm"
        >
          <svg
            viewBox={`0 0 ${SIZE.width} ${SIZE.height}`}
            preserveAspectRatio="none"
            aria-hidden="true"
            className="absolute inset-0 size-full overflow-visible"
          >
            <Drawing picture={picture} cursor={cursor === null ? null : cursor / Math.max(1, last)} />
          </svg>
          {picture.limits.map(({ level, y, value }) => (
            <span
              key={level}
              className={clsx('absolute right-1 text-xs leading-4', LIMIT_TEXT[level])}
              style={{ bottom: `calc(${y * 100}% + 1px)` }}
            >
              {level} {say(value)}
            </span>
          ))}
          <span className="absolute top-0 left-0 text-xs text-muted">{say(picture.top)}</span>
        </div>
        <TimeAxis fromMs={preview.from} toMs={preview.to} />
      </div>
      <p className="min-h-4 text-xs text-muted wrap-anywhere">
        {cursor === null ? 'Point at the chart, or walk it with the arrow keys.' : momentWords(props, cursor)}
      </p>
    </div>
  );
}

function Drawing({ picture, cursor }: { picture: PreviewPicture; cursor: number | null }) {
  const { width, height } = SIZE;
  return (
    <>
      {picture.bands.map(({ from, to, state }) => (
        <rect
          key={`${state}${from}`}
          x={from * width}
          width={Math.max(2, (to - from) * width)}
          y={0}
          height={height}
          className={BAND_FILL[state]}
        />
      ))}
      <line
        x1={0}
        x2={width}
        y1={height}
        y2={height}
        className="stroke-line-strong"
        vectorEffect="non-scaling-stroke"
      />
      {picture.limits.map(({ level, y }) => (
        <line
          key={level}
          x1={0}
          x2={width}
          y1={(1 - y) * height}
          y2={(1 - y) * height}
          strokeDasharray="4 3"
          vectorEffect="non-scaling-stroke"
          className={LIMIT_STROKE[level]}
        />
      ))}
      {picture.lines.map(({ label, colour, paths }) =>
        paths.map((path) => (
          <polyline
            key={`${label}${path[0]?.[0]}`}
            points={path.length === 1 ? pointsOf([...path, ...path]) : pointsOf(path)}
            fill="none"
            strokeWidth={path.length === 1 ? 4 : 1.5}
            strokeLinecap="round"
            vectorEffect="non-scaling-stroke"
            style={{ stroke: `var(--series-${colour})` }}
          />
        )),
      )}
      {cursor !== null && (
        <line
          x1={cursor * width}
          x2={cursor * width}
          y1={0}
          y2={height}
          className="stroke-ink"
          vectorEffect="non-scaling-stroke"
        />
      )}
    </>
  );
}

const moment = new Intl.DateTimeFormat('en', {
  ...{ weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
});

function momentWords(
  {
    preview,
    picture,
    say,
  }: { preview: RulePreview; picture: PreviewPicture; say: (value: number) => string },
  at: number,
): string {
  const states = new Set(preview.series.map(({ states }) => states[at] ?? 'normal'));
  const state = (['firing', 'recovering', 'pending'] as const).find((each) => states.has(each)) ?? 'normal';
  const values = picture.lines.map(({ label, values }) => {
    const value = values[at] ?? null;
    return `${label} ${value === null ? 'no data' : say(value)}`;
  });
  return `${moment.format(preview.times[at] ?? 0)}, ${state}: ${values.slice(0, 4).join(' · ')}`;
}

import type { RollupLevel } from '#lib/model/metric.ts';

/** A part of a window and the roll-up level that it is read from. Times are Unix milliseconds. */
export interface WindowStretch {
  window: number;
  level: RollupLevel;
  from: number;
  to: number;
}

/** Windows up to this long are read from the given level alone. */
const LEVELS: readonly [longestMs: number, coarse: RollupLevel, fine: RollupLevel][] = [
  [600_000, 10, 10],
  [12 * 3_600_000, 60, 10],
  [Number.POSITIVE_INFINITY, 3600, 60],
];

/** How long after their end coarse rows may still be missing. */
const SETTLE_MS: Partial<Record<RollupLevel, number>> = { 60: 60_000, 3600: 180_000 };

/**
 * Where each window is read: coarse rows in its middle, finer ones at its edges and where coarse ones may not
 * be there yet. Where there are no finer rows any more, the edges are those of the coarse ones.
 *
 * @param finestFromMs rows of 10 s exist from here on
 */
export function windowStretches(
  windows: readonly { from: number; to: number }[],
  nowMs: number,
  finestFromMs: number,
): WindowStretch[] {
  return windows.flatMap((asked, window) => {
    const length = asked.to - asked.from;
    const [, usual, fine] = LEVELS.find(([longestMs]) => length <= longestMs) ?? LEVELS[0] ?? [0, 10, 10];
    const grain = fine * 1000;
    const from = Math.floor(asked.from / grain) * grain;
    const to = Math.floor(asked.to / grain) * grain;
    const hasFine = fine === 60 || from >= finestFromMs;
    const level: RollupLevel = usual === 10 && !hasFine ? 60 : usual;
    const step = level * 1000;
    if (!hasFine) {
      return [{ window, level, from: Math.floor(from / step) * step, to: Math.floor(to / step) * step }];
    }
    if (level === fine) return [{ window, level, from, to }];
    const settled = Math.min(to, nowMs - (SETTLE_MS[level] ?? 0));
    const middleFrom = Math.ceil(from / step) * step;
    const middleTo = Math.max(middleFrom, Math.floor(settled / step) * step);
    const stretches: WindowStretch[] = [
      { window, level: fine, from, to: Math.min(middleFrom, to) },
      { window, level, from: middleFrom, to: Math.min(middleTo, to) },
      { window, level: fine, from: Math.min(middleTo, to), to },
    ];
    return stretches.filter((stretch) => stretch.from < stretch.to);
  });
}

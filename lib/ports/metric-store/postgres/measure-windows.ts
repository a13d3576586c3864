import type pg from 'pg';
import { ROLLUP_LEVELS } from '#lib/model/metric.ts';
import type { WindowsAnswer, WindowsQuery } from '../port.ts';
import { windowStretches } from '../window-stretches.ts';
import { addToCell, emptyCell, valueOfCell } from './cell.ts';
import { findSource, type Source } from './query-source.ts';
import { number, rawRows } from './raw-query.ts';
import { WHOLE_MS } from './windows.ts';

/** The series of a query, each with the number of its group. */
function seriesOf(source: Source, groups: WindowsQuery['groups']): [ids: number[], numbers: number[]] {
  const ids: number[] = [];
  const numbers: number[] = [];
  const places = new Map<string, number[]>();
  groups?.forEach((agentIds, group) => {
    for (const id of agentIds) places.set(id, [...(places.get(id) ?? []), group]);
  });
  for (const { key, seriesIds } of source.groups) {
    for (const group of groups === null ? [0] : (places.get(key) ?? [])) {
      for (const id of seriesIds) {
        ids.push(id);
        numbers.push(group);
      }
    }
  }
  return [ids, numbers];
}

function statement(source: Source, level: number): string {
  const { measure, countColumn, sketchColumn } = source;
  const quantile = measure.kind === 'quantile';
  const columns = quantile
    ? `r.${countColumn}, r.${sketchColumn}`
    : `sum(r.${countColumn}), (${measure.aggregate})::float8`;
  return `select m.g, w.i, ${columns}
          from unnest($1::int[], $2::int[]) as m (series_id, g)
          cross join unnest($3::int[], $4::timestamptz[], $5::timestamptz[]) as w (i, f, t)
          join ${source.table(level as 10)} r on r.series_id = m.series_id and r.at >= w.f and r.at < w.t
            and r.at >= $6 and r.at < $7
          ${quantile ? '' : 'group by 1, 2'}`;
}

/** Measures windows from the roll-up tables: one statement for each level that they touch. */
export function createMeasureWindows(pool: pg.Pool, now: () => number) {
  return async function measureWindows(teamId: string, query: WindowsQuery): Promise<WindowsAnswer> {
    const { metric, measure, of, model, groups, windows } = query;
    const groupBy = groups === null ? 'none' : 'agent';
    const source = await findSource(pool, teamId, {
      ...{ metric, measure, of, model, groupBy },
      ...{ from: 0, to: 0, pixels: 10, top: 1 },
    });
    const [ids, numbers] = seriesOf(source, groups);
    const cells = Array.from({ length: groups?.length ?? 1 }, () => windows.map(emptyCell));
    const nowMs = now();
    const stretches = windowStretches(windows, nowMs, nowMs - WHOLE_MS[10]);
    // From coarse to fine: what is read later is later in time wherever that matters.
    for (const level of ids.length === 0 ? [] : ROLLUP_LEVELS.toReversed()) {
      const parts = stretches.filter((stretch) => stretch.level === level);
      if (parts.length === 0) continue;
      const rows = await rawRows(pool, statement(source, level), [
        ids,
        numbers,
        parts.map((part) => part.window),
        parts.map((part) => new Date(part.from)),
        parts.map((part) => new Date(part.to)),
        new Date(Math.min(...parts.map((part) => part.from))),
        new Date(Math.max(...parts.map((part) => part.to))),
      ]);
      for (const row of rows) {
        const cell = cells[number(row[0])]?.[number(row[1])];
        if (cell) addToCell(cell, row[2], row[3], source.measure);
      }
    }
    return {
      values: cells.map((row) =>
        row.map((cell, i) =>
          valueOfCell(cell, source.measure, ((windows[i]?.to ?? 0) - (windows[i]?.from ?? 0)) / 1000),
        ),
      ),
      counts: cells.map((row) => row.map((cell) => cell.count)),
    };
  };
}

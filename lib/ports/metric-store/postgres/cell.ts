import { Sketch } from '#lib/telemetry/sketch.ts';
import type { AggregateMeasure, Measure } from '../measures.ts';
import { bytes, number, numberOrNull, type Text } from './raw-query.ts';

/** What is known of one line in one stretch of time while roll-up rows come in. */
export interface Cell {
  count: number;
  /** Null as long as no row had one: a histogram has no last value, and null is never zero. NaN: unknown. */
  aggregate: number | null;
  sketch: Sketch | null;
}

export const emptyCell = (): Cell => ({ count: 0, aggregate: null, sketch: null });

/**
 * Adds what rows say; of a measure that takes the later value the rows must come in the order of time.
 *
 * @param count observations of the rows
 * @param value their sketch for a percentile, else their aggregate
 */
export function addToCell(
  cell: Cell,
  count: Text | undefined,
  value: Text | undefined,
  measure: Measure,
): void {
  cell.count += number(count);
  if (measure.kind === 'quantile') {
    if (value !== null) merge(cell, Sketch.decode(bytes(value)));
    return;
  }
  addAggregate(cell, numberOrNull(value), measure.combine);
}

/** Adds a cell of a later time to another. */
export function addCell(cell: Cell, later: Cell, measure: Measure): void {
  cell.count += later.count;
  if (measure.kind === 'quantile') {
    if (later.sketch !== null) merge(cell, later.sketch);
    return;
  }
  addAggregate(cell, later.aggregate, measure.combine);
}

/** The measure of a cell that covers this many seconds; null where nothing was observed. */
export function valueOfCell(cell: Cell, measure: Measure, seconds: number): number | null {
  if (cell.count === 0) return null;
  if (measure.kind === 'quantile') return cell.sketch?.quantile(measure.quantile) ?? null;
  return cell.aggregate === null || Number.isNaN(cell.aggregate)
    ? null
    : measure.value(cell.aggregate, cell.count, seconds);
}

function addAggregate(cell: Cell, value: number | null, combine: AggregateMeasure['combine']): void {
  if (value === null) return;
  if (cell.aggregate === null || combine === 'later') cell.aggregate = value;
  else if (combine === 'add') cell.aggregate += value;
  else if (combine === 'known') cell.aggregate = addKnown(cell.aggregate, value);
  else cell.aggregate = Math[combine](cell.aggregate, value);
}

function addKnown(a: number, b: number): number {
  if (Number.isNaN(a)) return b === 0 ? a : b;
  return Number.isNaN(b) && a !== 0 ? a : a + b;
}

function merge(cell: Cell, sketch: Sketch): void {
  cell.sketch ??= new Sketch();
  cell.sketch.merge(sketch);
}

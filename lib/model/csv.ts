import { escapeControls } from './visible-text.ts';

/** Beginnings that spreadsheets take for a formula, the wide forms of East Asian keyboards included. */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/;

/**
 * One cell of a CSV file (RFC 4180), always quoted; what would be a formula is text (security N11), and what would
 * steer a terminal is escaped (security U5).
 */
function csvCell(value: string): string {
  const inert = escapeControls(FORMULA.test(value) ? `'${value}` : value, '\t\r\n');
  return `"${inert.replaceAll('"', '""')}"`;
}

/** One line of a CSV file without its end: the only way in which a file for spreadsheets is written. */
export const csvLine = (values: readonly string[]): string => values.map(csvCell).join(',');

import { canonicalJson, toStorableJson } from '#lib/audit/canonical-json.ts';
import { type AuditLogRow, fieldsOf, jsonLines } from '#lib/audit/row-lines.ts';
import type { ExportFormat } from '#lib/model/audit-log.ts';
import { escapeControls } from '#lib/model/visible-text.ts';

const COLUMNS = [
  'seq',
  'at',
  'action',
  'outcome',
  'actorKind',
  'actorId',
  'actorName',
  'targetKind',
  'targetId',
  'ip',
  'userAgent',
  'requestId',
  'details',
  'previousHash',
  'hash',
] as const;

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

function csvLine(row: AuditLogRow): string {
  const fields = fieldsOf(row);
  return COLUMNS.map((column) => {
    const value = fields[column];
    return csvCell(
      value === null ? '' : typeof value === 'object' ? canonicalJson(toStorableJson(value)) : String(value),
    );
  }).join(',');
}

/**
 * Rows of a ledger as whole lines of a file. JSON lines can be verified without this installation.
 */
export function exportLines(format: ExportFormat, rows: readonly AuditLogRow[], isFirst: boolean): string {
  if (format === 'jsonl') return jsonLines(rows);
  const head = isFirst ? [COLUMNS.join(',')] : [];
  return [...head, ...rows.map(csvLine)].map((line) => `${line}\r\n`).join('');
}

import { canonicalJson, toStorableJson } from '#lib/audit/canonical-json.ts';
import { type AuditLogRow, fieldsOf, jsonLines } from '#lib/audit/row-lines.ts';
import type { ExportFormat } from '#lib/model/audit-log.ts';
import { csvLine } from '#lib/model/csv.ts';

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

function cellsOf(row: AuditLogRow): string[] {
  const fields = fieldsOf(row);
  return COLUMNS.map((column) => {
    const value = fields[column];
    if (value === null) return '';
    return typeof value === 'object' ? canonicalJson(toStorableJson(value)) : String(value);
  });
}

/**
 * Rows of a ledger as whole lines of a file. JSON lines can be verified without this installation.
 */
export function exportLines(format: ExportFormat, rows: readonly AuditLogRow[], isFirst: boolean): string {
  if (format === 'jsonl') return jsonLines(rows);
  const head = isFirst ? [COLUMNS.join(',')] : [];
  return [...head, ...rows.map((row) => csvLine(cellsOf(row)))].map((line) => `${line}\r\n`).join('');
}

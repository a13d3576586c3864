import { canonicalJson, toStorableJson } from '#lib/audit/canonical-json.ts';
import type { ExportFormat } from '#lib/model/audit-log.ts';
import type { AuditLogRow } from './find-rows.ts';

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

/** One cell of a CSV file (RFC 4180), always quoted; what would be a formula is text (security N11). */
function csvCell(value: string): string {
  const inert = FORMULA.test(value) ? `'${value}` : value;
  return `"${inert.replaceAll('"', '""')}"`;
}

/** The fields of a row as text; times are ISO 8601, hashes hex, details JSON. */
function fieldsOf({ teamId: _ledger, at, details, previousHash, hash, ...row }: AuditLogRow) {
  return {
    ...row,
    at: at.toISOString(),
    previousHash: previousHash.toString('hex'),
    hash: hash.toString('hex'),
    details,
  };
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
 * Rows of a ledger as whole lines of a file. JSON lines hold everything that a hash was made over, so that a chain
 * can be verified without this installation.
 */
export function exportLines(format: ExportFormat, rows: readonly AuditLogRow[], isFirst: boolean): string {
  if (format === 'jsonl') return rows.map((row) => `${JSON.stringify(fieldsOf(row))}\n`).join('');
  const head = isFirst ? [COLUMNS.join(',')] : [];
  return [...head, ...rows.map(csvLine)].map((line) => `${line}\r\n`).join('');
}

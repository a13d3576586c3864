import { z } from 'zod';
import { defineCommand } from '#lib/command/define-command.ts';
import { type AuditExport, auditFilterShape, EXPORT_FORMATS } from '#lib/model/audit-log.ts';
import { exportLines } from './export-lines.ts';
import { findAuditRows } from './find-rows.ts';

/** Rows of one piece: some megabytes at most. */
const MAX_ROWS = 2000;

/**
 * A piece of the team's ledger as lines of a file, oldest first. Each piece leaves its own row in the ledger, as a
 * look at what it holds does (security U4), which is why it is a command although it changes nothing else.
 */
export const exportAuditLog = defineCommand({
  name: 'audit.export',
  permission: 'audit:export',
  isHeavy: true,
  input: z.strictObject({
    ...auditFilterShape,
    format: z.enum(EXPORT_FORMATS),
    limit: z.coerce.number().int().min(1).max(MAX_ROWS).default(MAX_ROWS),
    cursor: z.coerce.number().int().min(1).optional().describe('`nextCursor` of the piece before'),
  }),
  audit: { action: 'audit.export', target: 'ledger' },
  async run({ input: { format, limit, cursor, ...filter }, actor, tx }) {
    const found = await findAuditRows(tx, actor.teamId, filter, {
      order: 'oldest',
      cursor,
      limit: limit + 1,
    });
    const rows = found.slice(0, limit);
    const result: AuditExport = {
      format,
      rows: rows.length,
      text: exportLines(format, rows, cursor === undefined),
      nextCursor: found.length > limit ? String(rows.at(-1)?.seq) : null,
    };
    const after = { format, filter, rows: rows.length, firstRow: rows[0]?.seq, lastRow: rows.at(-1)?.seq };
    return { result, targetId: actor.teamId, after };
  },
});

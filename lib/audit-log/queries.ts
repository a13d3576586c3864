/**
 * The audit log as people read, export and verify it. What is written, and how, is lib/audit.
 */
import { z } from 'zod';
import { INSTALLATION_LEDGER } from '#lib/audit/record.ts';
import type { AuditLogRow } from '#lib/audit/row-lines.ts';
import { defineQuery, type QueryArgs } from '#lib/command/define-query.ts';
import { type AuditPage, type AuditRowView, auditFilterShape } from '#lib/model/audit-log.ts';
import { findAuditRows } from './find-rows.ts';
import { findOpenTargets } from './open-targets.ts';

const listInput = z.strictObject({
  ...auditFilterShape,
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.coerce.number().int().min(1).optional().describe('`nextCursor` of the page before'),
});

const recordOf = (value: unknown): Record<string, unknown> | null =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : null;

/** A row with the fields that people may see, which are all but the hashes. */
function auditRow(row: AuditLogRow, targetShownBy: string | null): AuditRowView {
  const { seq, action, actorKind, actorId, actorName, targetKind, targetId, outcome } = row;
  const { ip, userAgent, requestId, details } = row;
  return {
    ...{
      seq,
      at: row.at.getTime(),
      action,
      actorKind,
      actorId,
      actorName,
      targetKind,
      targetId,
      targetOpens: targetShownBy !== null,
      targetShownBy,
    },
    ...{ outcome, ip, userAgent, requestId },
    reason: typeof details.reason === 'string' ? details.reason : null,
    before: recordOf(details.before),
    after: recordOf(details.after),
  };
}

async function readPage(
  { input, actor, db }: Pick<QueryArgs<z.output<typeof listInput>>, 'input' | 'actor' | 'db'>,
  ledger: string,
): Promise<AuditPage> {
  const { limit, cursor, ...filter } = input;
  const found = await findAuditRows(db, ledger, filter, { order: 'newest', cursor, limit: limit + 1 });
  const rows = found.slice(0, limit);
  const opens = await findOpenTargets({ db, actor }, ledger, rows);
  return {
    items: rows.map((row) => auditRow(row, opens(row))),
    nextCursor: found.length > limit ? String(rows.at(-1)?.seq) : null,
  };
}

/** The ledger of the actor's team, newest first. */
export const listAuditLog = defineQuery({
  name: 'audit.list',
  permission: 'audit:read',
  input: listInput,
  run: (args) => readPage(args, args.actor.teamId),
});

/** The ledger of what belongs to no team: first start, sign-ins with unknown addresses, nightly verifications. */
export const listInstallationAuditLog = defineQuery({
  name: 'audit.list-installation',
  permission: 'accounts:read',
  input: listInput,
  run: (args) => readPage(args, INSTALLATION_LEDGER),
});

import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { verifyChain } from '#lib/audit/verify.ts';
import { lastHeadOf } from '#lib/audit/verify-ledgers.ts';
import { defineCommand } from '#lib/command/define-command.ts';
import { AppError } from '#lib/kernel/errors.ts';
import type { AuditState } from '#lib/model/audit-log.ts';

/**
 * Walks the ledger of the team now and says whether every row is as it was written, also against the head that the
 * last night saw. One walk a team at a time: it reads everything (security U8).
 *
 * @throws AppError `conflict` while another walk is under way
 */
export const verifyAuditLog = defineCommand({
  name: 'audit.verify',
  permission: 'audit:verify',
  input: z.strictObject({}),
  audit: { action: 'audit.verify', target: 'ledger' },
  async run({ actor, tx, now, deps }) {
    const { teamId } = actor;
    const [lock] = await tx.execute<{ free: boolean }>(
      sql`select pg_try_advisory_xact_lock(hashtextextended(${`audit verify ${teamId}`}, 0)) as free`,
    );
    if (!lock?.free) throw new AppError('conflict', 'The log is being verified. Try again in a minute.');
    const state = await verifyChain(tx, teamId, await lastHeadOf(tx, teamId));
    const result: AuditState = state.intact
      ? {
          ...{ intact: true, rows: state.head.seq - state.archived, brokenAt: null, reason: null },
          headLine: deps.headLine?.(teamId, state.head, now) ?? null,
        }
      : {
          ...{ intact: false, rows: state.brokenAt - 1, brokenAt: state.brokenAt, reason: state.reason },
          headLine: null,
        };
    const { headLine: _signed, ...after } = result;
    return { result, targetId: teamId, after };
  },
});

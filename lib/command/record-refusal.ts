import { type AuditEntry, recordAudit } from '#lib/audit/record.ts';
import type { CommandContext } from './context.ts';

/** Writes down something that was tried and changed nothing: a denial, a failed sign-in (security U4). */
export async function recordRefusal(
  context: CommandContext,
  entry: AuditEntry & { outcome: 'denied' | 'failed' },
): Promise<void> {
  await context.db.transaction((tx) => recordAudit(tx, entry, new Date(context.clock.now())));
}

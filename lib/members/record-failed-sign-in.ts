import type { Origin } from '#lib/access/actor.ts';
import { INSTALLATION_LEDGER } from '#lib/audit/record.ts';
import type { CommandContext } from '#lib/command/context.ts';
import { recordRefusal } from '#lib/command/record-refusal.ts';
import { teamsOf } from './teams-of.ts';

export interface FailedSignIn {
  /** Null: nobody of ours is known by what was claimed. */
  userId: string | null;
  /** Who they say they are, as typed. */
  claimed: string;
  origin: Origin;
  /** What was not right: `password`, `second factor`, `passkey`. */
  reason: string;
}

/** Asked about where nobody is known, so that an unknown address costs as much as a known one (security A12). */
const NOBODY = '00000000-0000-0000-0000-000000000000';

/** Writes a failed sign-in into the ledger of the person's team, else into that of the installation (security U4). */
export async function recordFailedSignIn(context: CommandContext, failed: FailedSignIn): Promise<void> {
  const { userId, claimed, origin, reason } = failed;
  const [team] = await teamsOf(context.db, userId ?? NOBODY);
  await recordRefusal(context, {
    actor: { kind: 'anonymous', teamId: team?.id ?? INSTALLATION_LEDGER, claimed, origin },
    action: 'sign-in',
    target: { kind: 'user', id: userId ?? '' },
    outcome: 'failed',
    reason,
  });
}

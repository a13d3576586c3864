import { z } from 'zod';
import { repositories } from '#db/schema/repositories.ts';
import { requireRecentSignIn } from '#lib/access/require.ts';
import { defineCommand } from '#lib/command/define-command.ts';
import { webhookPathOf } from '#lib/model/repository.ts';
import { makeWebhookSecret, noSuchRepository, ownRepository } from './repository-rows.ts';

/** How long the former secret counts beside the new one: GitHub has to be given the new one by hand. */
const OVERLAP_MS = 24 * 3_600_000;

/**
 * Gives the webhook of a repository another secret, shown this once. For a day the former one counts too, so that no
 * event is lost in between (deployment S-88).
 *
 * @throws AppError `not_found`
 */
export const rotateWebhookSecret = defineCommand({
  name: 'repositories.rotate-secret',
  permission: 'repositories:manage',
  feature: 'deployment_automation',
  input: z.strictObject({ id: z.uuid() }),
  audit: { action: 'repository.rotate-secret', target: 'repository' },
  async run({ input: { id }, actor, tx, now, deps }) {
    requireRecentSignIn(actor, now);
    const own = ownRepository(actor.teamId, id);
    const [row] = await tx
      .select({ sealed: repositories.sealedSecret })
      .from(repositories)
      .where(own)
      .for('update');
    if (!row) throw noSuchRepository();
    const secret = makeWebhookSecret();
    const formerUntil = now.getTime() + OVERLAP_MS;
    await tx
      .update(repositories)
      .set({
        sealedSecret: deps.sealer.seal(secret),
        sealedFormerSecret: row.sealed,
        formerSecretUntil: new Date(formerUntil),
        updatedAt: now,
      })
      .where(own);
    const result = { id, webhookPath: webhookPathOf(id), secret, formerUntil };
    return { result, targetId: id, after: { formerUntil: new Date(formerUntil).toISOString() } };
  },
});

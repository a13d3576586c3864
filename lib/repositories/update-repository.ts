import { repositories } from '#db/schema/repositories.ts';
import { requireRecentSignIn } from '#lib/access/require.ts';
import { defineCommand } from '#lib/command/define-command.ts';
import { updateRepositorySchema } from '#lib/model/repository-schema.ts';
import { credentialColumns, credentialWords, noSuchRepository, ownRepository } from './repository-rows.ts';

/**
 * Changes what a repository may start, or how Pitwall acts there.
 *
 * @throws AppError `not_found`
 */
export const updateRepository = defineCommand({
  name: 'repositories.update',
  permission: 'repositories:manage',
  feature: 'deployment_automation',
  input: updateRepositorySchema,
  audit: { action: 'repository.update', target: 'repository' },
  async run({ input: { id, credential, allowed }, actor, tx, now, deps }) {
    if (credential) requireRecentSignIn(actor, now);
    const own = ownRepository(actor.teamId, id);
    const [before] = await tx.select().from(repositories).where(own).for('update');
    if (!before) throw noSuchRepository();
    await tx
      .update(repositories)
      .set({
        ...(credential && credentialColumns(credential, deps.sealer)),
        ...(allowed && { allowed }),
        updatedAt: now,
      })
      .where(own);
    const { credentialKind, appId, installationId } = before;
    const was = { credential: credentialKind, appId, installationId, allowed: before.allowed };
    const after = { ...was, ...(credential && credentialWords(credential)), ...(allowed && { allowed }) };
    return { result: { id, updatedAt: now.getTime() }, targetId: id, before: was, after };
  },
});

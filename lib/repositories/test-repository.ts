import { z } from 'zod';
import { repositories } from '#db/schema/repositories.ts';
import { defineCommand } from '#lib/command/define-command.ts';
import { noSuchRepository, ownRepository } from './repository-rows.ts';

/**
 * Asks whether a repository can be reached with its credential: a worker looks, and the list says what it found.
 *
 * @throws AppError `not_found`
 */
export const testRepository = defineCommand({
  name: 'repositories.test',
  permission: 'repositories:manage',
  feature: 'deployment_automation',
  input: z.strictObject({ id: z.uuid() }),
  audit: { action: 'repository.test', target: 'repository' },
  async run({ input: { id }, actor, tx, now }) {
    const [row] = await tx
      .update(repositories)
      .set({ checkRequestedAt: now })
      .where(ownRepository(actor.teamId, id))
      .returning({ id: repositories.id });
    if (!row) throw noSuchRepository();
    return { result: { id }, targetId: id };
  },
});

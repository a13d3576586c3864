import { z } from 'zod';
import { repositories } from '#db/schema/repositories.ts';
import { defineCommand } from '#lib/command/define-command.ts';
import { noSuchRepository, ownRepository } from './repository-rows.ts';

/**
 * Forgets a repository with its credentials; its webhook is refused from then on.
 *
 * @throws AppError `not_found`
 */
export const disconnectRepository = defineCommand({
  name: 'repositories.disconnect',
  permission: 'repositories:manage',
  feature: 'deployment_automation',
  input: z.strictObject({ id: z.uuid() }),
  audit: { action: 'repository.disconnect', target: 'repository' },
  async run({ input: { id }, actor, tx }) {
    const [row] = await tx
      .delete(repositories)
      .where(ownRepository(actor.teamId, id))
      .returning({ fullName: repositories.fullName, hostUrl: repositories.hostUrl });
    if (!row) throw noSuchRepository();
    return { result: { id }, targetId: id, before: row };
  },
});

import { repositories } from '#db/schema/repositories.ts';
import { requireRecentSignIn } from '#lib/access/require.ts';
import { defineCommand } from '#lib/command/define-command.ts';
import { AppError } from '#lib/kernel/errors.ts';
import { webhookPathOf } from '#lib/model/repository.ts';
import { connectRepositorySchema } from '#lib/model/repository-schema.ts';
import { uuidv7 } from '#lib/model/uuid.ts';
import { credentialColumns, credentialWords, makeWebhookSecret } from './repository-rows.ts';

/**
 * Connects a repository. The answer is the only place where the secret of its webhook ever stands.
 *
 * @throws AppError `conflict` for one that the team has connected already
 */
export const connectRepository = defineCommand({
  name: 'repositories.connect',
  permission: 'repositories:manage',
  feature: 'deployment_automation',
  input: connectRepositorySchema,
  audit: { action: 'repository.connect', target: 'repository' },
  async run({ input, actor, tx, now, deps }) {
    requireRecentSignIn(actor, now);
    const id = uuidv7(now.getTime());
    const secret = makeWebhookSecret();
    const { credential, ...values } = input;
    const [made] = await tx
      .insert(repositories)
      .values({
        ...{ id, teamId: actor.teamId, ...values, ...credentialColumns(credential, deps.sealer) },
        sealedSecret: deps.sealer.seal(secret),
        createdBy: actor.kind === 'user' ? actor.userId : null,
        ...{ createdAt: now, updatedAt: now },
      })
      .onConflictDoNothing()
      .returning({ id: repositories.id });
    if (!made) throw new AppError('conflict', `${input.fullName} is connected already.`);
    const after = { ...values, ...credentialWords(credential) };
    return { result: { id, webhookPath: webhookPathOf(id), secret }, targetId: id, after };
  },
});

/**
 * Repositories: which ones a team has connected, with which credentials, what of them may start a deployment, and
 * what their webhooks delivered.
 *
 * This file holds the rows of connections.
 */
import { and, eq } from 'drizzle-orm';
import { repositories } from '#db/schema/repositories.ts';
import type { Sealer } from '#lib/command/context.ts';
import { AppError } from '#lib/kernel/errors.ts';
import { randomToken } from '#lib/kernel/ids.ts';
import type { Credential } from '#lib/model/repository-schema.ts';

export const ownRepository = (teamId: string, id: string) =>
  and(eq(repositories.id, id), eq(repositories.teamId, teamId));
export const noSuchRepository = () => new AppError('not_found', 'There is no such repository.');

/** How a credential is stored: what names it in clear, what opens something sealed. */
export function credentialColumns(credential: Credential, sealer: Pick<Sealer, 'seal'>) {
  if (credential.kind === 'token')
    return {
      credentialKind: credential.kind,
      appId: null,
      installationId: null,
      sealedCredential: sealer.seal(credential.token),
    };
  const { kind, appId, installationId, privateKey } = credential;
  return { credentialKind: kind, appId, installationId, sealedCredential: sealer.seal(privateKey) };
}

/** What the ledger says of a credential: never the secret of it. */
export function credentialWords(credential: Credential) {
  return credential.kind === 'token'
    ? { credential: credential.kind }
    : { credential: credential.kind, appId: credential.appId, installationId: credential.installationId };
}

/** A new secret of a webhook: 256 random bits. */
export const makeWebhookSecret = (): string => randomToken();

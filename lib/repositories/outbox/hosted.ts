import type { repositories } from '#db/schema/repositories.ts';
import type { Sealer } from '#lib/command/context.ts';
import { AppError } from '#lib/kernel/errors.ts';
import type { HostCredential, HostedRepository } from '#lib/ports/code-host/port.ts';

type Row = Pick<
  typeof repositories.$inferSelect,
  'hostUrl' | 'fullName' | 'credentialKind' | 'appId' | 'installationId' | 'sealedCredential'
>;

function credentialOf(row: Row, secret: string): HostCredential {
  if (row.credentialKind === 'token') return { kind: 'token', token: secret };
  const { appId, installationId } = row;
  if (appId === null || installationId === null) throw new AppError('internal', 'An app has no ids.');
  return { kind: 'app', appId, installationId, privateKey: secret };
}

/** A repository as its host is asked about it, with its credential opened. */
export function hostedOf(row: Row, sealer: Pick<Sealer, 'open'>): HostedRepository {
  const { hostUrl, fullName } = row;
  return { hostUrl, fullName, credential: credentialOf(row, sealer.open(row.sealedCredential)) };
}

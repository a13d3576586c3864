import type { clusters } from '#db/schema/clusters.ts';
import type { Actor } from '#lib/access/actor.ts';
import { holds } from '#lib/access/require.ts';
import type { CommandDeps } from '#lib/command/context.ts';
import { AppError } from '#lib/kernel/errors.ts';
import type { ClusterAccessInput } from '#lib/model/cluster.ts';
import type { ClusterUser, GivenAccess } from '#lib/model/cluster-access.ts';
import { typedTargetRefusal } from '#lib/outbound/typed-target.ts';
import { readKubeconfig } from './read-kubeconfig.ts';

type Columns = Pick<
  typeof clusters.$inferInsert,
  'accessFrom' | 'context' | 'server' | 'ca' | 'skipTlsVerify' | 'tlsServerName' | 'sealedUser'
>;
type Input = Omit<ClusterAccessInput, 'id'>;

/** The credentials of Pitwall itself reach what no team gave: whoever lends them must govern the installation. */
function operatorColumns(input: Input, actor: Actor, deps: CommandDeps): Columns {
  const { form: from, context } = input;
  if (from !== 'in-cluster' && from !== 'kubeconfig') throw new AppError('internal', 'Not of the operator.');
  if (deps.kubernetesMode !== from)
    throw new AppError('invalid', `Pitwall was not started for this: KUBERNETES_MODE is not ${from}.`);
  if (!holds(actor, 'installation:update'))
    throw new AppError(
      'forbidden',
      'Only who governs the installation may lend the credentials of Pitwall itself.',
    );
  const nothing = { server: null, ca: null, skipTlsVerify: false, tlsServerName: null, sealedUser: null };
  return { accessFrom: from, context: from === 'kubeconfig' ? context : null, ...nothing };
}

function givenAccess({
  form,
  server,
  ca,
  token,
  kubeconfig,
  context,
  skipTlsVerify,
  tlsServerName,
}: Input): GivenAccess {
  if (form === 'pasted') return readKubeconfig(kubeconfig ?? '', context);
  const user: ClusterUser = { token, clientCertificate: null, clientKey: null };
  return { server: server ?? '', ca, skipTlsVerify, tlsServerName, user };
}

function checkServer({ server, skipTlsVerify }: GivenAccess, path: string, deps: CommandDeps): void {
  const refusal =
    server.startsWith('https://') || skipTlsVerify
      ? typedTargetRefusal(server, deps.outbound)
      : 'Its address must begin with https://.';
  if (refusal !== null) throw new AppError('invalid', refusal, { issues: [{ path, message: refusal }] });
}

/**
 * How a cluster is reached, as it is stored: credentials sealed.
 *
 * @throws AppError `invalid` with the field, `forbidden` for the operator's credentials
 */
export function accessColumns(input: Input, actor: Actor, deps: CommandDeps): Columns {
  if (input.form === 'in-cluster' || input.form === 'kubeconfig') return operatorColumns(input, actor, deps);
  const given = givenAccess(input);
  checkServer(given, input.form === 'pasted' ? 'kubeconfig' : 'server', deps);
  const { user, ...rest } = given;
  return { accessFrom: 'given', context: null, ...rest, sealedUser: deps.sealer.seal(JSON.stringify(user)) };
}

/** What the ledger says of how a cluster is reached: never credentials, always whether anybody is believed (deployment S-72). */
export function accessForLedger({ accessFrom, context, server, skipTlsVerify, ca }: Columns) {
  return { from: accessFrom, context, server, skipTlsVerify, hasCa: ca !== null };
}

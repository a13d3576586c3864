import { systemClock } from '#lib/kernel/clock.ts';
import type { GivenAccess } from '#lib/model/cluster-access.ts';
import type { WatchPace } from '#lib/ports/cluster/kubernetes/backoff.ts';
import { type KubernetesOptions, openKubernetes } from '#lib/ports/cluster/kubernetes/kubernetes-cluster.ts';
import type { Cluster } from '#lib/ports/cluster/port.ts';
import { LOOPBACK } from './outbound-policy.ts';

/** A pace at which tests do not wait. */
export const QUICK: WatchPace = { firstMs: 5, maxMs: 40, silenceMs: 600_000, random: () => 1 };

interface Server {
  url: string;
  ca: string;
  token: string;
}

/** The address, the CA and the token of a server of tests, as somebody gave them. */
export function optionsOf(
  { url, ca, token }: Server,
  more: Partial<KubernetesOptions> & { given?: Partial<GivenAccess> } = {},
): KubernetesOptions {
  const { given, ...options } = more;
  const user = { token, clientCertificate: null, clientKey: null };
  const access = { server: url, ca, skipTlsVerify: false, tlsServerName: null, user, ...given };
  return {
    access: { from: 'given', ...access },
    operator: { inCluster: null, kubeconfig: null },
    policy: LOOPBACK,
    proxyFor: () => null,
    clock: systemClock,
    onBug: (error) => {
      throw error;
    },
    pace: QUICK,
    ...options,
  };
}

export function openCluster(...given: Parameters<typeof optionsOf>): Promise<Cluster> {
  return openKubernetes(optionsOf(...given));
}

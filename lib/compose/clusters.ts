import type { Db } from '#db/client.ts';
import { createOpenClusters, type OpenClusters } from '#lib/clusters/open-clusters.ts';
import type { Sealer } from '#lib/command/context.ts';
import type { Config } from '#lib/config/config.ts';
import { systemClock } from '#lib/kernel/clock.ts';
import type { Log } from '#lib/kernel/log.ts';
import { openKubernetes } from '#lib/ports/cluster/kubernetes/kubernetes-cluster.ts';
import { proxyOf } from '#lib/ports/cluster/kubernetes/proxy.ts';
import type { ClusterMeter } from '#lib/ports/cluster/port.ts';

/** Where Kubernetes puts what a pod needs to speak with its API server. */
const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

/** The clusters of a process, reached as the configuration allows. */
export function makeClusters(
  { app, kubernetes: { mode, service, kubeconfig, proxy } }: Pick<Config, 'app' | 'kubernetes'>,
  { db, sealer, log, meter }: { db: Db; sealer: Sealer; log: Log; meter: ClusterMeter },
): OpenClusters {
  const operator = {
    inCluster: mode === 'in-cluster' && service ? { ...service, folder: SERVICE_ACCOUNT } : null,
    kubeconfig: mode === 'kubeconfig' ? kubeconfig : null,
  };
  return createOpenClusters({
    db,
    sealer,
    open: (access) =>
      openKubernetes({
        access,
        operator,
        policy: app.outbound,
        proxyFor: (host) => proxyOf(host, proxy),
        clock: systemClock,
        meter,
        onBug: (error) => log.error({ err: error }, 'what a watch told was not taken'),
      }),
  });
}

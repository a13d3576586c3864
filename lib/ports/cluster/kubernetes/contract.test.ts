import { openCluster } from '#lib/testing/kubernetes-cluster.ts';
import { startKubernetes } from '#tests/kubernetes/start.ts';
import { clusterContract } from '../contract.ts';

clusterContract('of tests', async () => {
  const server = await startKubernetes({ namespaces: ['agents'] });
  const cluster = await openCluster(server);
  return {
    cluster,
    namespace: 'agents',
    async close() {
      await cluster.close();
      await server.close();
    },
  };
});

/** Path of a kubeconfig whose user may do everything in `default`: the same promises, kept by a real cluster. */
const REAL = process.env.KUBECONFIG_E2E;

if (REAL)
  clusterContract('that is real', async () => {
    const nowhere = { url: '', ca: '', token: '' };
    const cluster = await openCluster(nowhere, {
      access: { from: 'kubeconfig', context: null },
      operator: { inCluster: null, kubeconfig: REAL },
    });
    return { cluster, namespace: 'default', close: () => cluster.close() };
  });

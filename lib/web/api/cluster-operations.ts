import type { z } from 'zod';
import { releaseAgent, setAutoAdoption } from '#lib/clusters/found/manage.ts';
import { listClusterAgents, listWatches } from '#lib/clusters/found/queries.ts';
import {
  checkCluster,
  connectCluster,
  deleteCluster,
  reconnectCluster,
  updateCluster,
} from '#lib/clusters/manage.ts';
import { listClusters } from '#lib/clusters/queries.ts';
import { adoptAgent } from '#lib/pipeline/adopt/adopt-agent.ts';
import type { Operation } from './operation.ts';

const operation = <S extends z.ZodType, R>(row: Omit<Operation<S, R>, 'tag'>): Operation<S, R> => ({
  ...row,
  tag: 'clusters',
});

/** The rows of clusters, and of the agents that are found in them. */
export const clusterOperations = {
  listClusters: operation({
    method: 'GET',
    path: '/clusters',
    verb: listClusters,
    summary: 'List the connected clusters and what may be done there; credentials are never shown',
    answer: 'ClusterList',
  }),
  connectCluster: operation({
    method: 'POST',
    path: '/clusters',
    verb: connectCluster,
    summary: 'Connect a cluster; whether it can be reached stands in the list a moment later',
    answer: 'ClusterId',
    status: 201,
  }),
  updateCluster: operation({
    method: 'PATCH',
    path: '/clusters/{id}',
    verb: updateCluster,
    summary: 'Rename a cluster, or change which of its namespaces are used',
    answer: 'ClusterId',
  }),
  deleteCluster: operation({
    method: 'DELETE',
    path: '/clusters/{id}',
    verb: deleteCluster,
    summary: 'Take a cluster away, with its credentials; what runs there goes on',
    answer: 'ClusterId',
  }),
  reconnectCluster: operation({
    method: 'POST',
    path: '/clusters/{id}/access',
    verb: reconnectCluster,
    summary: 'Say anew how a cluster is reached, address and credentials together',
    answer: 'ClusterId',
  }),
  checkCluster: operation({
    method: 'POST',
    path: '/clusters/{id}/check',
    verb: checkCluster,
    summary: 'Have a worker look whether a cluster can be reached and what may be done there',
    answer: 'ClusterId',
    status: 202,
  }),
  listWatches: operation({
    method: 'GET',
    path: '/cluster-watches',
    verb: listWatches,
    summary: 'Say of each cluster how current what is known of it is, and what may not be seen there',
    answer: 'WatchedClusters',
  }),
  setAutoAdoption: operation({
    method: 'POST',
    path: '/clusters/{id}/auto-adoption',
    verb: setAutoAdoption,
    summary: 'Choose the namespaces in which whatever is found is adopted by itself',
    answer: 'ClusterId',
  }),
  listClusterAgents: operation({
    method: 'GET',
    path: '/cluster-agents',
    verb: listClusterAgents,
    summary: 'List the agents that were found in clusters, the newest first',
    answer: 'ClusterAgentPage',
  }),
  adoptAgent: operation({
    method: 'POST',
    path: '/cluster-agents/{id}/adopt',
    verb: adoptAgent,
    summary: 'Make an agent that was found in a cluster one of the console',
    answer: 'ClusterAgentAdopted',
  }),
  releaseAgent: operation({
    method: 'POST',
    path: '/cluster-agents/{id}/release',
    verb: releaseAgent,
    summary: 'Let an agent that was adopted go; the agent of the console stays',
    answer: 'ClusterAgentId',
  }),
};

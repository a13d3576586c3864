import type { z } from 'zod';
import {
  checkCluster,
  connectCluster,
  deleteCluster,
  reconnectCluster,
  updateCluster,
} from '#lib/clusters/manage.ts';
import { listClusters } from '#lib/clusters/queries.ts';
import type { Operation } from './operation.ts';

const operation = <S extends z.ZodType, R>(row: Omit<Operation<S, R>, 'tag'>): Operation<S, R> => ({
  ...row,
  tag: 'clusters',
});

/** The rows of clusters. */
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
};

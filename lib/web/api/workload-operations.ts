import type { z } from 'zod';
import {
  pauseWorkload,
  restartWorkload,
  resumeWorkload,
  scaleWorkload,
  setAutoscaler,
} from '#lib/deployments/workload/operate.ts';
import { readWorkloadLog } from '#lib/deployments/workload/read-log.ts';
import { readWorkload } from '#lib/deployments/workload/read-workload.ts';
import type { Operation } from './operation.ts';

const operation = <S extends z.ZodType, R>(row: Omit<Operation<S, R>, 'tag' | 'idIs'>): Operation<S, R> => ({
  ...row,
  tag: 'workloads',
  idIs: 'agentId',
});

/** The rows of running workloads: what a cluster tells of an agent now, and what is done to it there. */
export const workloadOperations = {
  readWorkload: operation({
    method: 'GET',
    path: '/agents/{id}/workload',
    verb: readWorkload,
    summary: 'Pods, events and autoscalers of an agent, as its cluster tells them now',
    answer: 'Workload',
  }),
  readWorkloadLog: operation({
    method: 'GET',
    path: '/agents/{id}/workload/logs',
    verb: readWorkloadLog,
    summary: 'Lines of the log of a container; with follow it waits for some, and cursor goes on from there',
    answer: 'WorkloadLog',
  }),
  restartWorkload: operation({
    method: 'POST',
    path: '/agents/{id}/workload/restart',
    verb: restartWorkload,
    summary: 'Replace the pods of an agent one after the other',
    answer: 'WorkloadChanged',
  }),
  scaleWorkload: operation({
    method: 'POST',
    path: '/agents/{id}/workload/scale',
    verb: scaleWorkload,
    summary: 'Change how many pods an agent has; an autoscaler is changed by its limits instead',
    answer: 'WorkloadChanged',
  }),
  pauseWorkload: operation({
    method: 'POST',
    path: '/agents/{id}/workload/pause',
    verb: pauseWorkload,
    summary: 'Hold the rollout of what is changed about a workload; its pods go on',
    answer: 'WorkloadChanged',
  }),
  resumeWorkload: operation({
    method: 'POST',
    path: '/agents/{id}/workload/resume',
    verb: resumeWorkload,
    summary: 'Let a paused workload roll out what has changed',
    answer: 'WorkloadChanged',
  }),
  setAutoscaler: operation({
    method: 'POST',
    path: '/agents/{id}/workload/autoscaler',
    verb: setAutoscaler,
    summary: 'Change limits and targets of an autoscaler of the workload',
    answer: 'WorkloadChanged',
  }),
};

import type { z } from 'zod';
import {
  createGateSource,
  deleteGateSource,
  listGateSources,
  updateGateSource,
} from '#lib/gates/sources/manage-sources.ts';
import { testGateSource } from '#lib/gates/sources/test-source.ts';
import { judgeVersion } from '#lib/pipeline/judge/judge-version.ts';
import type { Operation } from './operation.ts';

const operation = <S extends z.ZodType, R>(row: Operation<S, R>): Operation<S, R> => row;

export const gateOperations = {
  judgeVersion: operation({
    method: 'POST',
    path: '/agents/{id}/gate-verdicts',
    verb: judgeVersion,
    summary: 'Judge a version of an agent by its telemetry against another version',
    tag: 'gates',
    answer: 'GateVerdict',
    idIs: 'agentId',
  }),
  listGateSources: operation({
    method: 'GET',
    path: '/gate-sources',
    verb: listGateSources,
    summary: 'Prometheus servers that gates may ask, with their templates',
    tag: 'gates',
    answer: 'GateSourceList',
  }),
  createGateSource: operation({
    method: 'POST',
    path: '/gate-sources',
    verb: createGateSource,
    summary: 'Add a Prometheus server',
    tag: 'gates',
    answer: 'MadeId',
    status: 201,
  }),
  testGateSource: operation({
    method: 'POST',
    path: '/gate-sources/test',
    verb: testGateSource,
    summary: 'Ask a Prometheus server one question now, as a gate would',
    tag: 'gates',
    answer: 'GateSourceTest',
  }),
  updateGateSource: operation({
    method: 'PATCH',
    path: '/gate-sources/{id}',
    verb: updateGateSource,
    summary: 'Change the given fields of a Prometheus server',
    tag: 'gates',
    answer: 'Changed',
  }),
  deleteGateSource: operation({
    method: 'DELETE',
    path: '/gate-sources/{id}',
    verb: deleteGateSource,
    summary: 'Remove a Prometheus server',
    tag: 'gates',
    answer: 'MadeId',
  }),
};

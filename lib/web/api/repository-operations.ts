import type { z } from 'zod';
import {
  createTrigger,
  deleteTrigger,
  listTriggers,
  runTrigger,
  updateTrigger,
} from '#lib/pipeline/triggers/manage-triggers.ts';
import { connectRepository } from '#lib/repositories/connect-repository.ts';
import { disconnectRepository } from '#lib/repositories/disconnect-repository.ts';
import { listRepositories, listWebhookDeliveries } from '#lib/repositories/queries.ts';
import { rotateWebhookSecret } from '#lib/repositories/rotate-secret.ts';
import { testRepository } from '#lib/repositories/test-repository.ts';
import { updateRepository } from '#lib/repositories/update-repository.ts';
import type { Operation } from './operation.ts';

const operation = <S extends z.ZodType, R>(row: Omit<Operation<S, R>, 'tag'>): Operation<S, R> => ({
  ...row,
  tag: 'repositories',
});

/** The rows of repositories and of what their webhooks delivered. */
export const repositoryOperations = {
  listRepositories: operation({
    method: 'GET',
    path: '/repositories',
    verb: listRepositories,
    summary: 'List the connected repositories; their secrets are never shown',
    answer: 'RepositoryList',
  }),
  connectRepository: operation({
    method: 'POST',
    path: '/repositories',
    verb: connectRepository,
    summary: 'Connect a repository; the secret of its webhook is shown this once',
    answer: 'RepositoryConnected',
    status: 201,
  }),
  updateRepository: operation({
    method: 'PATCH',
    path: '/repositories/{id}',
    verb: updateRepository,
    summary: 'Change what a repository may start, or its credentials',
    answer: 'Changed',
  }),
  disconnectRepository: operation({
    method: 'DELETE',
    path: '/repositories/{id}',
    verb: disconnectRepository,
    summary: 'Forget a repository; its webhook is refused from then on',
    answer: 'MadeId',
  }),
  rotateWebhookSecret: operation({
    method: 'POST',
    path: '/repositories/{id}/secret',
    verb: rotateWebhookSecret,
    summary: 'Give a webhook another secret; the former one counts for a day',
    answer: 'RepositorySecret',
  }),
  testRepository: operation({
    method: 'POST',
    path: '/repositories/{id}/test',
    verb: testRepository,
    summary: 'Have a worker look whether a repository can be reached; the list says what it found',
    answer: 'MadeId',
    status: 202,
  }),
  listTriggers: operation({
    method: 'GET',
    path: '/triggers',
    verb: listTriggers,
    summary: 'List what is deployed when something happens in a repository, and what that started of late',
    answer: 'TriggerList',
  }),
  createTrigger: operation({
    method: 'POST',
    path: '/triggers',
    verb: createTrigger,
    summary: 'Have an agent deployed when something happens in a repository, perhaps after a build',
    answer: 'MadeId',
    status: 201,
  }),
  updateTrigger: operation({
    method: 'PATCH',
    path: '/triggers/{id}',
    verb: updateTrigger,
    summary: 'Change a trigger as a whole; it deploys in the name of who did',
    answer: 'Changed',
  }),
  deleteTrigger: operation({
    method: 'DELETE',
    path: '/triggers/{id}',
    verb: deleteTrigger,
    summary: 'Take a trigger away; what it started goes on',
    answer: 'MadeId',
  }),
  runTrigger: operation({
    method: 'POST',
    path: '/triggers/{id}/run',
    verb: runTrigger,
    summary: 'Do by hand what a trigger does by itself, for a branch or tag',
    answer: 'MadeId',
    status: 202,
  }),
  listWebhookDeliveries: operation({
    method: 'GET',
    path: '/repositories/{id}/deliveries',
    verb: listWebhookDeliveries,
    summary: 'What a webhook delivered, the latest first, and what became of it',
    answer: 'WebhookDeliveries',
  }),
};

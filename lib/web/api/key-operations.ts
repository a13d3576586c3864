import type { z } from 'zod';
import { createApiKey } from '#lib/api-keys/create-api-key.ts';
import { listApiKeys } from '#lib/api-keys/queries.ts';
import { revokeApiKey } from '#lib/api-keys/revoke-api-key.ts';
import { rotateApiKey } from '#lib/api-keys/rotate-api-key.ts';
import type { Operation } from './operation.ts';

const operation = <S extends z.ZodType, R>(row: Omit<Operation<S, R>, 'tag'>): Operation<S, R> => ({
  ...row,
  tag: 'api-keys',
});

/** API keys: people only, a key never makes another (security Z7). */
export const keyOperations = {
  listApiKeys: operation({
    method: 'GET',
    path: '/api-keys',
    verb: listApiKeys,
    summary: 'List the API keys of the team, without the keys themselves',
    answer: 'ApiKeyList',
  }),
  createApiKey: operation({
    method: 'POST',
    path: '/api-keys',
    verb: createApiKey,
    summary: 'Make an API key, shown this once',
    answer: 'ApiKeyCreated',
    status: 201,
  }),
  rotateApiKey: operation({
    method: 'POST',
    path: '/api-keys/{id}/rotate',
    verb: rotateApiKey,
    summary: 'Make a key that takes the place of another, which goes on for the overlap',
    answer: 'ApiKeyRotated',
    status: 201,
  }),
  revokeApiKey: operation({
    method: 'DELETE',
    path: '/api-keys/{id}',
    verb: revokeApiKey,
    summary: 'End an API key for good',
    answer: 'MadeId',
  }),
};

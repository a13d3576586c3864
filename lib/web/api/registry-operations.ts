import type { z } from 'zod';
import { connectRegistry, listRegistries, removeRegistry, updateRegistry } from '#lib/registries/manage.ts';
import type { Operation } from './operation.ts';

const operation = <S extends z.ZodType, R>(row: Omit<Operation<S, R>, 'tag'>): Operation<S, R> => ({
  ...row,
  tag: 'registries',
});

/** The rows of image registries. */
export const registryOperations = {
  listRegistries: operation({
    method: 'GET',
    path: '/registries',
    verb: listRegistries,
    summary: 'List the image registries whose logins are kept; secrets are never shown',
    answer: 'RegistryList',
  }),
  connectRegistry: operation({
    method: 'POST',
    path: '/registries',
    verb: connectRegistry,
    summary: 'Keep the login of an image registry, or the certificate of its authority',
    answer: 'MadeId',
    status: 201,
  }),
  updateRegistry: operation({
    method: 'PATCH',
    path: '/registries/{id}',
    verb: updateRegistry,
    summary: 'Give an image registry another login or authority',
    answer: 'Changed',
  }),
  removeRegistry: operation({
    method: 'DELETE',
    path: '/registries/{id}',
    verb: removeRegistry,
    summary: 'Forget the login of an image registry; it is asked as anybody from then on',
    answer: 'MadeId',
  }),
};

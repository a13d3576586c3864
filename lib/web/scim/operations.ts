import { execute } from '#lib/command/define-command.ts';
import { ask } from '#lib/command/define-query.ts';
import { AppError } from '#lib/kernel/errors.ts';
import {
  entriesOf,
  readFilter,
  readGroup,
  readGroupPatch,
  readOperations,
  readUser,
  readUserPatch,
} from '#lib/members/provisioning/attributes.ts';
import {
  createScimGroup,
  deleteScimGroup,
  getScimGroup,
  listScimGroups,
  updateScimGroup,
} from '#lib/members/provisioning/groups.ts';
import {
  createScimUser,
  deleteScimUser,
  getScimUser,
  listScimUsers,
  updateScimUser,
} from '#lib/members/provisioning/users.ts';
import { MOST_RESULTS, resourceTypes, schemas, serviceConfig } from './discovery.ts';
import type { ScimOperation, ScimRequest } from './door.ts';
import { groupResource, listResource, scimJson, userResource } from './present.ts';

/** A number of the address, brought into its range as RFC 7644, section 3.4.2.4 wants it. */
function numberIn(
  search: URLSearchParams,
  name: string,
  fallback: number,
  least: number,
  most: number,
): number {
  const text = search.get(name);
  if (text === null) return fallback;
  if (!/^-?\d{1,9}$/.test(text)) throw new AppError('invalid', `${name} must be a whole number.`);
  return Math.min(most, Math.max(least, Number(text)));
}

function pageOf({ search, issuer }: ScimRequest) {
  return {
    issuer,
    filter: readFilter(search.get('filter')),
    startIndex: numberIn(search, 'startIndex', 1, 1, 1_000_000),
    count: numberIn(search, 'count', 100, 0, MOST_RESULTS),
  };
}

const nothing = () => new Response(null, { status: 204, headers: { 'cache-control': 'no-store' } });

/** Directories that look a group up do not want its thousands of members. */
const withMembers = ({ search }: ScimRequest): boolean =>
  !(search.get('excludedAttributes') ?? '').split(',').includes('members');

const staticList = (items: readonly unknown[]) =>
  scimJson(listResource({ total: items.length, startIndex: 1, items }, (item) => item));

async function replaced(given: ScimRequest, id: string, read: (body: unknown) => object): Promise<Response> {
  const { context, actor, client, issuer, base, body } = given;
  const input = { issuer, client, id, user: read(await body()) };
  return scimJson(userResource(base, await execute(context, actor, updateScimUser, input)));
}

async function regrouped(given: ScimRequest, id: string, read: (body: unknown) => object): Promise<Response> {
  const { context, actor, issuer, base, body } = given;
  const input = { issuer, id, group: read(await body()) };
  return scimJson(groupResource(base, await execute(context, actor, updateScimGroup, input)));
}

/** A whole group takes the place of the one before, members included. */
function wholeGroup(body: unknown) {
  const group = readGroup(entriesOf(body));
  return { ...group, members: group.members.length > 0 ? group.members : [{ how: 'set' as const, ids: [] }] };
}

/** What answers below `/scim/v2`, by method and path. */
export const scimOperations: Readonly<Record<string, ScimOperation>> = {
  'GET ServiceProviderConfig': async ({ base }) => scimJson(serviceConfig(base)),
  'GET ResourceTypes': async ({ base }) => staticList(resourceTypes(base)),
  'GET ResourceTypes/{id}': async ({ base }, id) => oneOf(resourceTypes(base), id),
  'GET Schemas': async ({ base }) => staticList(schemas(base)),
  'GET Schemas/{id}': async ({ base }, id) => oneOf(schemas(base), id),

  'GET Users': async (given) => {
    const page = await ask(given.context, given.actor, listScimUsers, pageOf(given));
    return scimJson(listResource(page, (user) => userResource(given.base, user)));
  },
  'POST Users': async ({ context, actor, issuer, base, body }) => {
    const user = readUser(entriesOf(await body()));
    const made = userResource(base, await execute(context, actor, createScimUser, { issuer, user }));
    return scimJson(made, 201, { location: made.meta.location });
  },
  'GET Users/{id}': async ({ context, actor, issuer, base }, id) =>
    scimJson(userResource(base, await ask(context, actor, getScimUser, { issuer, id }))),
  'PUT Users/{id}': (given, id) => replaced(given, id, (body) => readUser(entriesOf(body))),
  'PATCH Users/{id}': (given, id) => replaced(given, id, (body) => readUserPatch(readOperations(body))),
  'DELETE Users/{id}': async ({ context, actor, client, issuer }, id) => {
    await execute(context, actor, deleteScimUser, { issuer, client, id });
    return nothing();
  },

  'GET Groups': async (given) => {
    const page = await ask(given.context, given.actor, listScimGroups, pageOf(given));
    const whole = withMembers(given);
    return scimJson(listResource(page, (group) => groupResource(given.base, group, whole)));
  },
  'POST Groups': async ({ context, actor, issuer, base, body }) => {
    const group = readGroup(entriesOf(await body()));
    const made = groupResource(base, await execute(context, actor, createScimGroup, { issuer, group }));
    return scimJson(made, 201, { location: made.meta.location });
  },
  'GET Groups/{id}': async (given, id) => {
    const { context, actor, issuer, base } = given;
    const group = await ask(context, actor, getScimGroup, { issuer, id });
    return scimJson(groupResource(base, group, withMembers(given)));
  },
  'PUT Groups/{id}': (given, id) => regrouped(given, id, wholeGroup),
  'PATCH Groups/{id}': (given, id) => regrouped(given, id, (body) => readGroupPatch(readOperations(body))),
  'DELETE Groups/{id}': async ({ context, actor, issuer }, id) => {
    await execute(context, actor, deleteScimGroup, { issuer, id });
    return nothing();
  },
};

function oneOf(items: readonly { id: string }[], id: string): Response {
  const item = items.find((one) => one.id === id);
  if (!item) throw new AppError('not_found', 'There is no such resource.');
  return scimJson(item);
}

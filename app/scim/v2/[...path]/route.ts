import { onlyMethods } from '#lib/web/refusals.ts';
import { scimRoute } from '#lib/web/scim/door.ts';
import { scimOperations } from '#lib/web/scim/operations.ts';

export const GET = scimRoute(scimOperations);
export const POST = scimRoute(scimOperations);
export const PUT = scimRoute(scimOperations);
export const PATCH = scimRoute(scimOperations);
export const DELETE = scimRoute(scimOperations);
export const { OPTIONS } = onlyMethods('GET', 'POST', 'PUT', 'PATCH', 'DELETE');

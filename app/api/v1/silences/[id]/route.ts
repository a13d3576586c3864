import { operationRoute } from '#lib/web/api/operation-route.ts';
import { operations } from '#lib/web/api/operations.ts';
import { onlyMethods } from '#lib/web/refusals.ts';

export const GET = operationRoute(operations.getSilence);
export const PATCH = operationRoute(operations.updateSilence);
export const DELETE = operationRoute(operations.expireSilence);
export const { POST, PUT, OPTIONS } = onlyMethods('GET', 'PATCH', 'DELETE');

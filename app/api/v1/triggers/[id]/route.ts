import { operationRoute } from '#lib/web/api/operation-route.ts';
import { operations } from '#lib/web/api/operations.ts';
import { onlyMethods } from '#lib/web/refusals.ts';

export const PATCH = operationRoute(operations.updateTrigger);
export const DELETE = operationRoute(operations.deleteTrigger);
export const { GET, POST, PUT, OPTIONS } = onlyMethods('PATCH', 'DELETE');

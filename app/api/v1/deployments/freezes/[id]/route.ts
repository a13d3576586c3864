import { operationRoute } from '#lib/web/api/operation-route.ts';
import { operations } from '#lib/web/api/operations.ts';
import { onlyMethods } from '#lib/web/refusals.ts';

export const PATCH = operationRoute(operations.updateFreezeWindow);
export const DELETE = operationRoute(operations.endFreezeWindow);
export const { GET, POST, PUT, OPTIONS } = onlyMethods('PATCH', 'DELETE');

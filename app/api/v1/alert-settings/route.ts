import { operationRoute } from '#lib/web/api/operation-route.ts';
import { operations } from '#lib/web/api/operations.ts';
import { onlyMethods } from '#lib/web/refusals.ts';

export const GET = operationRoute(operations.readAlertSettings);
export const PATCH = operationRoute(operations.updateAlertSettings);
export const { POST, PUT, DELETE, OPTIONS } = onlyMethods('GET', 'PATCH');

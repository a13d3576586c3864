import { operationRoute } from '#lib/web/api/operation-route.ts';
import { operations } from '#lib/web/api/operations.ts';
import { onlyMethods } from '#lib/web/refusals.ts';

export const GET = operationRoute(operations.listTriggers);
export const POST = operationRoute(operations.createTrigger);
export const { PUT, PATCH, DELETE, OPTIONS } = onlyMethods('GET', 'POST');

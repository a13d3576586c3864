import { operationRoute } from '#lib/web/api/operation-route.ts';
import { operations } from '#lib/web/api/operations.ts';
import { onlyMethods } from '#lib/web/refusals.ts';

export const POST = operationRoute(operations.passGate);
export const { GET, PUT, PATCH, DELETE, OPTIONS } = onlyMethods('POST');

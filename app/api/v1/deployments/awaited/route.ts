import { operationRoute } from '#lib/web/api/operation-route.ts';
import { operations } from '#lib/web/api/operations.ts';
import { onlyMethods } from '#lib/web/refusals.ts';

export const GET = operationRoute(operations.listAwaitedApprovals);
export const { POST, PUT, PATCH, DELETE, OPTIONS } = onlyMethods('GET');

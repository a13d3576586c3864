import { operationRoute } from '#lib/web/api/operation-route.ts';
import { operations } from '#lib/web/api/operations.ts';
import { onlyMethods } from '#lib/web/refusals.ts';

export const GET = operationRoute(operations.getScalingPolicy);
export const PATCH = operationRoute(operations.updateScalingPolicy);
export const DELETE = operationRoute(operations.deleteScalingPolicy);
export const { POST, PUT, OPTIONS } = onlyMethods('GET', 'PATCH', 'DELETE');

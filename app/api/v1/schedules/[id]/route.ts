import { operationRoute } from '#lib/web/api/operation-route.ts';
import { operations } from '#lib/web/api/operations.ts';
import { onlyMethods } from '#lib/web/refusals.ts';

export const GET = operationRoute(operations.getSchedule);
export const PATCH = operationRoute(operations.updateSchedule);
export const DELETE = operationRoute(operations.deleteSchedule);
export const { POST, PUT, OPTIONS } = onlyMethods('GET', 'PATCH', 'DELETE');

import { operationRoute } from '#lib/web/api/operation-route.ts';
import { operations } from '#lib/web/api/operations.ts';
import { onlyMethods } from '#lib/web/refusals.ts';

export const POST = operationRoute(operations.rotateCalendar);
export const DELETE = operationRoute(operations.removeCalendar);
export const { GET, PUT, PATCH, OPTIONS } = onlyMethods('POST', 'DELETE');

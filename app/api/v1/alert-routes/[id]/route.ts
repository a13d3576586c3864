import { operationRoute } from '#lib/web/api/operation-route.ts';
import { operations } from '#lib/web/api/operations.ts';

export const PATCH = operationRoute(operations.updateAlertRoute);
export const DELETE = operationRoute(operations.deleteAlertRoute);

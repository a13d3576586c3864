import { operationRoute } from '#lib/web/api/operation-route.ts';
import { operations } from '#lib/web/api/operations.ts';

export const GET = operationRoute(operations.readAlertStats);

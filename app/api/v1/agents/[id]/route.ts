import { operationRoute } from '#lib/web/api/operation-route.ts';
import { operations } from '#lib/web/api/operations.ts';

export const GET = operationRoute(operations.getAgent);
export const PATCH = operationRoute(operations.updateAgent);
export const DELETE = operationRoute(operations.deleteAgent);

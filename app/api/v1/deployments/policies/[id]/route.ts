import { operationRoute } from '#lib/web/api/operation-route.ts';
import { operations } from '#lib/web/api/operations.ts';
import { onlyMethods } from '#lib/web/refusals.ts';

export const DELETE = operationRoute(operations.deleteDeploymentPolicy);
export const { GET, POST, PUT, PATCH, OPTIONS } = onlyMethods('DELETE');

import { operationRoute } from '#lib/web/api/operation-route.ts';
import { operations } from '#lib/web/api/operations.ts';
import { onlyMethods } from '#lib/web/refusals.ts';

/** Acknowledging has a budget of its own: reading pages must not use it up. */
export const POST = operationRoute(operations.respondInBulk, { personBudget: 'acknowledge' });
export const { GET, PUT, PATCH, DELETE, OPTIONS } = onlyMethods('POST');

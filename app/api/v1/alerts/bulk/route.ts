import { operationRoute } from '#lib/web/api/operation-route.ts';
import { operations } from '#lib/web/api/operations.ts';
import { onlyMethods } from '#lib/web/refusals.ts';

/** Acknowledging has a budget and connections of its own: reading pages must not use them up. */
export const POST = operationRoute(operations.respondInBulk, { personBudget: 'acknowledge', isUrgent: true });
export const { GET, PUT, PATCH, DELETE, OPTIONS } = onlyMethods('POST');

import { operationRoute } from '#lib/web/api/operation-route.ts';
import { operations } from '#lib/web/api/operations.ts';
import { onlyMethods } from '#lib/web/refusals.ts';
import { teamWithAlert } from '#lib/web/team-with-alert.ts';

/**
 * Acknowledging has a budget and connections of its own: reading pages must not use them up. A notification can be
 * about any team of a person.
 */
export const POST = operationRoute(operations.acknowledgeAlert, {
  personBudget: 'acknowledge',
  isUrgent: true,
  teamFor: teamWithAlert,
});
export const { GET, PUT, PATCH, DELETE, OPTIONS } = onlyMethods('POST');

import { operationRoute } from '#lib/web/api/operation-route.ts';
import { operations } from '#lib/web/api/operations.ts';
import { onlyMethods } from '#lib/web/refusals.ts';
import { teamWithAlert } from '#lib/web/team-with-alert.ts';

/**
 * Acknowledging has a budget and connections of its own: reading pages must not use them up. A tab shows the team that
 * was looked at when it was opened, whichever another tab has switched to since.
 */
export const POST = operationRoute(operations.respondInBulk, {
  personBudget: 'acknowledge',
  isUrgent: true,
  teamFor: (context, signedIn, _params, { url }) =>
    teamWithAlert(context, signedIn, { id: new URL(url).searchParams.get('alert') }),
});
export const { GET, PUT, PATCH, DELETE, OPTIONS } = onlyMethods('POST');

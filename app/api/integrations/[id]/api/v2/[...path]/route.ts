import { alertmanagerRoute } from '#lib/web/alertmanager/door.ts';
import { alertmanagerOperations } from '#lib/web/alertmanager/operations.ts';
import { onlyMethods } from '#lib/web/refusals.ts';

export const GET = alertmanagerRoute(alertmanagerOperations);
export const POST = alertmanagerRoute(alertmanagerOperations);
export const DELETE = alertmanagerRoute(alertmanagerOperations);
export const { PUT, PATCH, OPTIONS } = onlyMethods('GET', 'POST', 'DELETE');

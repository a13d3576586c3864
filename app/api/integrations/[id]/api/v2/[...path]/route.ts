import { alertmanagerRoute } from '#lib/web/alertmanager/door.ts';
import { alertmanagerOperations } from '#lib/web/alertmanager/operations.ts';

export const GET = alertmanagerRoute(alertmanagerOperations);
export const POST = alertmanagerRoute(alertmanagerOperations);
export const DELETE = alertmanagerRoute(alertmanagerOperations);

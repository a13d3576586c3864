import { calendarRoute } from '#lib/web/api/calendar-route.ts';
import { onlyMethods } from '#lib/web/refusals.ts';

export const GET = calendarRoute;
export const { POST, PUT, PATCH, DELETE, OPTIONS } = onlyMethods('GET');

import { webhookRoute } from '#lib/web/github/webhook-door.ts';
import { onlyMethods } from '#lib/web/refusals.ts';

export const POST = webhookRoute;
export const { GET, PUT, PATCH, DELETE, OPTIONS } = onlyMethods('POST');

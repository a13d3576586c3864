import { documentRoute } from '#lib/web/api/openapi.ts';
import { onlyMethods } from '#lib/web/refusals.ts';

export const GET = documentRoute;
export const { POST, PUT, PATCH, DELETE, OPTIONS } = onlyMethods('GET');

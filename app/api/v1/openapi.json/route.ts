import { documentRoute } from '#lib/web/api/openapi.ts';

export const GET = documentRoute;

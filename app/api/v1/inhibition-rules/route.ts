import { operationRoute } from '#lib/web/api/operation-route.ts';
import { operations } from '#lib/web/api/operations.ts';

export const GET = operationRoute(operations.listInhibitionRules);
export const POST = operationRoute(operations.createInhibitionRule);

import { operationRoute } from '#lib/web/api/operation-route.ts';
import { operations } from '#lib/web/api/operations.ts';
import { conditionalJson } from '#lib/web/conditional-json.ts';
import { onlyMethods } from '#lib/web/refusals.ts';

/** A range that has ended changes only when late data comes in: browsers keep it and ask whether it did. */
export const GET = operationRoute(operations.queryMetric, {
  respond: (answer, request) => {
    const to = Number(new URL(request.url).searchParams.get('to'));
    return to < Date.now() ? conditionalJson(answer, request) : Response.json(answer);
  },
});
export const { POST, PUT, PATCH, DELETE, OPTIONS } = onlyMethods('GET');

import { conditionalJson } from '#lib/web/conditional-json.ts';
import { operationRoute } from '../../operation-route.ts';
import { operations } from '../../operations.ts';

/** A range that has ended changes only when late data comes in: browsers keep it and ask whether it did. */
export const GET = operationRoute(operations.queryMetric, {
  respond: (answer, request) => {
    const to = Number(new URL(request.url).searchParams.get('to'));
    return to < Date.now() ? conditionalJson(answer, request) : Response.json(answer);
  },
});

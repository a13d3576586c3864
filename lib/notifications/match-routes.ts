import { asc, eq } from 'drizzle-orm';
import type { Tx } from '#db/client.ts';
import { alertRoutes } from '#db/schema/notifications.ts';
import type { Labels } from '#lib/model/alert.ts';
import { matcherTest } from '#lib/model/label-matcher.ts';
import { ensureDefaultRoute } from './default-route.ts';

export type Route = typeof alertRoutes.$inferSelect;

/** Finds the routes that take an alert with these labels. */
type RouteMatch = (labels: Labels) => Route[];

function matchOf(routes: readonly Route[]): RouteMatch {
  const tests = routes.map((route) => ({ route, passes: matcherTest(route.matchers) }));
  return (labels) => {
    const taking: Route[] = [];
    for (const { route, passes } of tests) {
      if (!passes(labels)) continue;
      taking.push(route);
      if (!route.continues) break;
    }
    return taking;
  };
}

/** Held until the transaction ends: groups are made for these routes, and one that is deleted meanwhile would fail them. */
async function readRoutes(tx: Tx, teamId: string): Promise<Route[]> {
  return tx
    .select()
    .from(alertRoutes)
    .where(eq(alertRoutes.teamId, teamId))
    .orderBy(asc(alertRoutes.isDefault), asc(alertRoutes.position), asc(alertRoutes.id))
    .for('key share');
}

/** The routes of a team as one function; the first that matches takes an alert, later ones too while it `continues`. */
export async function loadRouteMatch(tx: Tx, teamId: string): Promise<RouteMatch> {
  const routes = await readRoutes(tx, teamId);
  if (routes.some(({ isDefault }) => isDefault)) return matchOf(routes);
  await ensureDefaultRoute(tx, teamId);
  return matchOf(await readRoutes(tx, teamId));
}

import { sql } from 'drizzle-orm';
import { type WebContext, webContext } from '#lib/compose/web.ts';
import { networkOf } from '#lib/kernel/client-address.ts';
import { answerHealth, type HealthAnswer } from '#lib/kernel/health-server.ts';
import { describeFailure } from './failure.ts';
import { webMetrics } from './metrics.ts';
import { problem } from './problem.ts';
import { originOf } from './request/request-origin.ts';

const HEALTH_CHANNEL = 'health:web';

/** A name of this host itself: a page that rebinds its name to loopback sends another. */
function namesThisHost(request: Request): boolean {
  const host = request.headers.get('host') ?? '';
  return /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/.test(host);
}

async function answer(
  context: WebContext,
  request: Request,
  path: string,
): Promise<HealthAnswer | undefined> {
  const { config, db, bus } = context;
  const remoteAddress = originOf(request.headers).ip ?? undefined;
  await context.budgets.health.take(networkOf(remoteAddress ?? null));
  return answerHealth(
    {
      checks: {
        database: () => db.execute(sql`select 1`),
        bus: () => bus.publish(HEALTH_CHANNEL, '{}'),
      },
      registry: webMetrics().registry,
      metricsToken: config.secrets.metricsToken,
      metricsPath: config.metrics.enabled ? '/metrics' : null,
    },
    {
      path,
      remoteAddress,
      authorization: request.headers.get('authorization') ?? undefined,
      forwarded: !namesThisHost(request),
    },
  );
}

/** The health endpoints of the web process: alive, ready, and metrics for loopback or the token (security U9). */
export function healthRoute(path: '/healthz' | '/readyz' | '/metrics') {
  return async (request: Request): Promise<Response> => {
    const context = await webContext();
    try {
      const given = await answer(context, request, path);
      if (!given) return new Response(null, { status: 404 });
      const headers = { 'content-type': given.contentType, 'cache-control': 'no-store' };
      return new Response(given.body, { status: given.status, headers });
    } catch (error) {
      return problem(describeFailure(error, context.log));
    }
  };
}

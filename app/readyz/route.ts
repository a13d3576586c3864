import { healthRoute } from '#lib/web/health.ts';

export const dynamic = 'force-dynamic';
export const GET = healthRoute('/readyz');

import { createHash } from 'node:crypto';
import type pg from 'pg';
import type { NormalisedSpan } from '#lib/model/telemetry.ts';

/** Resources a team may have; those of later spans are kept with the span itself. */
const MAX_RESOURCES = 10_000;
const REMEMBERED = 50_000;

/** Gives the row of `span_resources` for each span: a resource is stored once, not with each of its spans. */
export type ResolveResources = (
  teamId: string,
  spans: readonly NormalisedSpan[],
) => Promise<(number | null)[]>;

/**
 * Spans of one request share the very object of their resource, so its text is made once each.
 *
 * @param pool resources are stored outside the caller's transaction, so that what is remembered is committed
 */
export function createResourceResolver(pool: pg.Pool): ResolveResources {
  const ids = new Map<string, number | null>();

  async function store(teamId: string, hash: Buffer, span: NormalisedSpan): Promise<number | null> {
    const resource = JSON.stringify(span.resource).replaceAll('\\u0000', '').toWellFormed();
    const clean = (text: string | null) => text?.replaceAll('\0', '') ?? null;
    await pool.query(
      `insert into span_resources (team_id, hash, environment, service_namespace, service_name, service_version,
                                   service_instance, resource)
       select $1, $2, $3, $4, $5, $6, $7, $8
       where (select count(*) from span_resources where team_id = $1) < $9
       on conflict (team_id, hash) do nothing`,
      [
        teamId,
        hash,
        clean(span.environment),
        clean(span.serviceNamespace),
        clean(span.serviceName),
        clean(span.serviceVersion),
        clean(span.serviceInstance),
        resource,
        MAX_RESOURCES,
      ],
    );
    const found = await pool.query<{ id: number }>(
      'select id from span_resources where team_id = $1 and hash = $2',
      [teamId, hash],
    );
    return found.rows[0]?.id ?? null;
  }

  async function resolve(teamId: string, span: NormalisedSpan): Promise<number | null> {
    const { environment, serviceNamespace, serviceName, serviceVersion, serviceInstance, resource } = span;
    const identity = [environment, serviceNamespace, serviceName, serviceVersion, serviceInstance, resource];
    const hash = createHash('sha256').update(JSON.stringify(identity)).digest();
    const key = `${teamId} ${hash.toString('latin1')}`;
    const known = ids.get(key);
    if (known !== undefined) return known;
    const id = await store(teamId, hash, span);
    if (ids.size > REMEMBERED) ids.clear();
    ids.set(key, id);
    return id;
  }

  return async (teamId, spans) => {
    const byResource = new Map<object, number | null>();
    const resolved: (number | null)[] = [];
    for (const span of spans) {
      let id = byResource.get(span.resource);
      if (id === undefined) {
        id = await resolve(teamId, span);
        byResource.set(span.resource, id);
      }
      resolved.push(id);
    }
    return resolved;
  };
}

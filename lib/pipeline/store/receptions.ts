import type pg from 'pg';
import { RECEPTION_DAYS, RECEPTION_GAP_MS } from '#lib/model/reception.ts';
import { uuidv7 } from '#lib/model/uuid.ts';

/**
 * Notes that telemetry can be taken now, by the database's clock: lengthens the stretch that lasts, or begins one
 * after an outage. Called every few seconds by every receiver; two that begin at once make two stretches, which
 * say the same.
 */
export async function noteReception(pool: pg.Pool): Promise<void> {
  await pool.query(
    `with lasting as (
       update receptions set to_at = greatest(to_at, now())
       where id = (select id from receptions order by to_at desc limit 1) and to_at >= now() - $1::interval
       returning id
     ), begun as (
       insert into receptions (id, from_at, to_at)
       select $2, now(), now() where not exists (select from lasting)
       returning id
     )
     delete from receptions where to_at < now() - $3::interval and exists (select from begun)`,
    [`${RECEPTION_GAP_MS} milliseconds`, uuidv7(), `${RECEPTION_DAYS} days`],
  );
}

import type pg from 'pg';
import type { IngestRequest } from './request.ts';

const DAY_MS = 86_400_000;

export function dayOf(timeMs: number): Date {
  return new Date(Math.floor(timeMs / DAY_MS) * DAY_MS);
}

const keyOf = (teamId: string, hash: Uint8Array): string =>
  `${teamId} ${Buffer.from(hash.buffer, hash.byteOffset, hash.byteLength).toString('latin1')}`;

/**
 * Claims the bodies of requests in the caller's transaction; true for those that were not stored today or
 * yesterday. Of equal bodies in one call the first wins. A rival transaction with the same body is waited for.
 */
export async function claimRequests(
  tx: pg.ClientBase,
  requests: readonly IngestRequest[],
  nowMs: number,
): Promise<boolean[]> {
  const today = dayOf(nowMs);
  const claimed = await tx.query<{ team_id: string; hash: Buffer }>({
    name: 'claim-requests',
    text: `insert into request_claims (day, team_id, hash)
           select distinct $1::timestamptz, c.team_id, c.hash from unnest($2::uuid[], $3::bytea[]) as c (team_id, hash)
           where not exists (select from request_claims y
                             where y.day = $4 and y.team_id = c.team_id and y.hash = c.hash)
           order by 2, 3
           on conflict do nothing
           returning team_id, hash`,
    values: [
      today,
      requests.map((request) => request.teamId),
      requests.map((request) => Buffer.from(request.requestHash)),
      dayOf(nowMs - DAY_MS),
    ],
  });
  const won = new Set(claimed.rows.map((row) => keyOf(row.team_id, row.hash)));
  return requests.map((request) => won.delete(keyOf(request.teamId, request.requestHash)));
}

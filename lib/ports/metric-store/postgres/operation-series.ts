import type pg from 'pg';
import type { OperationKey } from '../operation-totals.ts';

/** Roll-up series that a team's spans may have; further models and providers are counted as one. */
const MAX_PER_TEAM = 50_000;
const OTHER = '__other__';
const REMEMBERED = 500_000;

/** What an operation series is: a key within an agent, or within the team when `agentId` is null. */
export interface OperationOwner {
  teamId: string;
  agentId: string | null;
  key: OperationKey;
}

const nameOf = ({ teamId, agentId, key }: OperationOwner): string =>
  `${teamId}\0${agentId ?? ''}\0${key.class}\0${key.operation}\0${key.provider}\0${key.model}`;

const overflow = (owner: OperationOwner): OperationOwner => ({
  ...owner,
  key: { ...owner.key, provider: OTHER, model: OTHER },
});

export interface OperationSeries {
  /** The id of each, null where the team or agent no longer exists. */
  resolve(owners: readonly OperationOwner[]): Promise<(number | null)[]>;
}

export function createOperationSeries(pool: pg.Pool): OperationSeries {
  const ids = new Map<string, number>();

  async function insert(owners: readonly OperationOwner[]): Promise<void> {
    await pool.query(
      `insert into operation_series (team_id, agent_id, class, operation, provider, model)
       select n.* from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[])
            as n (team_id, agent_id, class, operation, provider, model)
       where exists (select from teams t where t.id = n.team_id)
         and (n.agent_id is null or exists (select from agents a where a.id = n.agent_id))
       on conflict do nothing`,
      columns(owners),
    );
  }

  async function find(owners: readonly OperationOwner[]): Promise<void> {
    const found = await pool.query<{ id: number; position: string }>(
      `select s.id, n.position
       from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[]) with ordinality
            as n (team_id, agent_id, class, operation, provider, model, position)
       join operation_series s on s.team_id = n.team_id and s.agent_id is not distinct from n.agent_id
         and s.class = n.class and s.operation = n.operation and s.provider = n.provider and s.model = n.model`,
      columns(owners),
    );
    for (const row of found.rows) {
      const owner = owners[Number(row.position) - 1];
      if (owner) ids.set(nameOf(owner), row.id);
    }
  }

  /** True when the team may have more series. */
  async function isFull(teamId: string): Promise<boolean> {
    const counted = await pool.query(
      'select count(*)::int as series from operation_series where team_id = $1',
      [teamId],
    );
    return counted.rows[0].series >= MAX_PER_TEAM;
  }

  async function make(missing: readonly OperationOwner[]): Promise<void> {
    for (const [teamId, owners] of Map.groupBy(missing, (owner) => owner.teamId)) {
      if (!(await isFull(teamId))) {
        await insert(owners);
        await find(owners);
        continue;
      }
      const others = owners.map(overflow);
      await insert(others);
      await find(others);
      owners.forEach((owner, i) => {
        const other = others[i];
        const id = other && ids.get(nameOf(other));
        if (id !== undefined) ids.set(nameOf(owner), id);
      });
    }
  }

  return {
    async resolve(owners) {
      if (ids.size > REMEMBERED) ids.clear();
      let missing = owners.filter((owner) => !ids.has(nameOf(owner)));
      if (missing.length > 0) await find(missing);
      missing = missing.filter((owner) => !ids.has(nameOf(owner)));
      if (missing.length > 0) await make(missing);
      return owners.map((owner) => ids.get(nameOf(owner)) ?? null);
    },
  };
}

function columns(owners: readonly OperationOwner[]) {
  return [
    owners.map((owner) => owner.teamId),
    owners.map((owner) => owner.agentId),
    owners.map((owner) => owner.key.class),
    owners.map((owner) => owner.key.operation),
    owners.map((owner) => owner.key.provider),
    owners.map((owner) => owner.key.model),
  ];
}

import type { SeriesIdentity } from '#lib/model/telemetry.ts';
import { LiveMetrics } from '#lib/pipeline/live/live-metrics.ts';
import type { MetricStore } from '#lib/ports/metric-store/port.ts';
import { type AgentDirectory, ask, type HeardAgent } from './agents.ts';
import { HashSlots } from './hash-slots.ts';

/** Cardinality caps (specs/performance.md 4): what is over them is refused as `too_many_series`, and counted. */
export interface SeriesLimits {
  perAgent: number;
  perTeam: number;
}

/**
 * How long after its last use a series may be used without asking the store, milliseconds: the store takes it for
 * idle after an hour, and this process may have noted its last use up to 15 minutes before it.
 */
const FRESH_MS = 45 * 60_000;
/** Series that one look-up asks the store for. */
const LOOK_UP = 5_000;
/** New series of one agent in one request that are looked up, as a multiple of its cap. */
const LOOKED_UP = 4;

/**
 * The known series of one team. A point finds its slot by hash; columns beside it say what the slot is.
 * A request keeps the table it began with, so a table that is dropped meanwhile does it no harm.
 */
export class SeriesTable {
  readonly #slots = new HashSlots();
  readonly #series: number[] = [];
  /** When each slot was last used, Unix milliseconds. */
  readonly #usedAtMs: number[] = [];
  readonly #originOfSlot: number[] = [];
  readonly #originByName = new Map<string, number>();
  readonly #origins: { agentId: string; sender: string }[] = [];
  readonly live: LiveMetrics;

  /** @param silentAfterMs after this long without a point the live values leave a series out */
  constructor(silentAfterMs: number) {
    this.live = new LiveMetrics(silentAfterMs);
  }

  get size(): number {
    return this.#series.length;
  }

  /** Whether a hash may be used without asking the store. */
  isFresh(hash: number, nowMs: number): boolean {
    const slot = this.#slots.get(hash);
    return slot !== -1 && nowMs - (this.#usedAtMs[slot] as number) < FRESH_MS;
  }

  /** The slot of a hash that is used now, or -1 for one that was refused. */
  slotOf(hash: number, nowMs: number): number {
    const slot = this.#slots.get(hash);
    if (slot === -1) return -1;
    const usedAtMs = this.#usedAtMs[slot] as number;
    if (nowMs - usedAtMs >= FRESH_MS) return -1;
    if (nowMs > usedAtMs) this.#usedAtMs[slot] = nowMs;
    return slot;
  }

  /** The id under which the store knows a slot. */
  seriesAt(slot: number): number {
    return this.#series[slot] as number;
  }

  /** Number of the agent and sender that a slot belongs to; see {@link originAt}. */
  originOf(slot: number): number {
    return this.#originOfSlot[slot] as number;
  }

  originAt(origin: number): { agentId: string; sender: string } {
    return this.#origins[origin] as { agentId: string; sender: string };
  }

  /** Takes what the store answered; a series that was idle may have another id since. */
  add(hash: number, seriesId: number, agentId: string, identity: SeriesIdentity, nowMs: number): void {
    let slot = this.#slots.get(hash);
    if (slot === -1) {
      slot = this.#series.length;
      this.#slots.set(hash, slot);
      this.live.addStream(agentId, identity);
    }
    this.#series[slot] = seriesId;
    this.#usedAtMs[slot] = nowMs;
    this.#originOfSlot[slot] = this.#numberOf(agentId, identity.serviceName);
  }

  #numberOf(agentId: string, sender: string): number {
    const name = `${agentId} ${sender}`;
    let origin = this.#originByName.get(name);
    if (origin === undefined) {
      origin = this.#origins.length;
      this.#origins.push({ agentId, sender });
      this.#originByName.set(name, origin);
    }
    return origin;
  }
}

/** Why hashes have no series. */
export type RefusedSeries = Map<number, 'too_many_series' | 'too_many_agents'>;

export interface SeriesDirectoryOptions {
  store: Pick<MetricStore<never>, 'resolveSeries'>;
  agents: AgentDirectory;
  limits: SeriesLimits;
  /** After this long without a point the live values leave a series out, milliseconds. */
  silentAfterMs: number;
}

/** Remembers which series a hash is, a table a team, and asks the store for new ones only. */
export function createSeriesDirectory({ store, agents, limits, silentAfterMs }: SeriesDirectoryOptions) {
  const tables = new Map<string, { table: SeriesTable; usedAtMs: number }>();

  /** The wanted series that are worth a look-up: an agent that brings this many new ones is over its cap anyway. */
  function worthAsking(wanted: readonly Wanted[], refused: RefusedSeries): (Wanted & { agentId: string })[] {
    const asked = new Map<string, number>();
    return wanted.filter((series): series is Wanted & { agentId: string } => {
      const { agentId, hash } = series;
      const count = agentId === null ? 0 : (asked.get(agentId) ?? 0) + 1;
      if (agentId === null) refused.set(hash, 'too_many_agents');
      else if (count > limits.perAgent * LOOKED_UP) refused.set(hash, 'too_many_series');
      else asked.set(agentId, count);
      return !refused.has(hash);
    });
  }

  return {
    /** The table to work with for one request. */
    tableOf(teamId: string, nowMs: number): SeriesTable {
      let held = tables.get(teamId);
      if (held === undefined || held.table.size > limits.perTeam * 2) {
        // Teams that are silent have nothing left in their tables that could be used.
        for (const [id, { usedAtMs }] of tables) if (nowMs - usedAtMs >= FRESH_MS) tables.delete(id);
        held = { table: new SeriesTable(silentAfterMs), usedAtMs: nowMs };
        tables.set(teamId, held);
      }
      held.usedAtMs = nowMs;
      return held.table;
    },
    /**
     * Brings unknown series into the table; what the limits refuse is named.
     *
     * @throws AppError `unavailable` when the store can't be asked now
     */
    async learn(
      teamId: string,
      table: SeriesTable,
      unknown: ReadonlyMap<number, SeriesIdentity>,
      nowMs: number,
    ): Promise<RefusedSeries> {
      const refused: RefusedSeries = new Map();
      if (unknown.size === 0) return refused;
      const identities = [...unknown.values()];
      const owners = await agents.resolve(teamId, identities.map(agentOf));
      const wanted = [...unknown].map(([hash, identity], i) => ({
        hash,
        identity,
        agentId: owners[i] ?? null,
      }));
      const allowed = worthAsking(wanted, refused);
      for (let from = 0; from < allowed.length; from += LOOK_UP) {
        const part = allowed.slice(from, from + LOOK_UP);
        const { ids } = await ask(() => store.resolveSeries(teamId, part, limits.perTeam, limits.perAgent));
        part.forEach(({ hash, agentId, identity }, index) => {
          const id = ids[index] ?? null;
          if (id === null) refused.set(hash, 'too_many_series');
          else table.add(hash, id, agentId, identity, nowMs);
        });
      }
      return refused;
    },
    /** Forgets a team's series, when an agent was deleted or the store did not know one; null stands for all teams. */
    forget(teamId: string | null): void {
      if (teamId === null) tables.clear();
      else tables.delete(teamId);
    },
    known: (): number => [...tables.values()].reduce((sum, { table }) => sum + table.size, 0),
  };
}

export type SeriesDirectory = ReturnType<typeof createSeriesDirectory>;

interface Wanted {
  hash: number;
  identity: SeriesIdentity;
  agentId: string | null;
}

function agentOf(identity: SeriesIdentity): HeardAgent {
  const { environment, serviceNamespace, agentName } = identity;
  return { environment, serviceNamespace, name: agentName, version: null, convention: null };
}

import { AGENT_STATUSES, type AgentStatus } from '#lib/model/agent.ts';
import { knownCost } from '#lib/model/cost.ts';
import type {
  AgentDelta,
  AgentLive,
  AgentSnapshot,
  FleetDelta,
  FleetRow,
  FleetSnapshot,
  FleetTotals,
} from '#lib/model/live.ts';
import { totalsOf, WindowTail } from './windows.ts';

const statusOf = (index: number): AgentStatus => AGENT_STATUSES[index] ?? 'unreachable';
const none = (value: number | undefined): number | null => (value === undefined || value < 0 ? null : value);

/** Tells React at most four times a second, so that a burst of deltas costs one render. */
class Notifier {
  #listeners = new Set<() => void>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #lastMs = Number.NEGATIVE_INFINITY;
  readonly #tail: WindowTail;

  constructor(tail: WindowTail) {
    this.#tail = tail;
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  schedule(): void {
    if (this.#timer !== undefined) return;
    const wait = Math.max(0, this.#lastMs + 250 - performance.now());
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#lastMs = performance.now();
      for (const listener of this.#listeners) listener();
      this.#tail.tellMinute();
    }, wait);
  }
}

/** Every agent of the team; a row keeps its identity until one of its values changes. */
export class FleetStore {
  readonly tail = new WindowTail();
  readonly notifier = new Notifier(this.tail);
  #rows: (FleetRow | null)[] = [];
  #base = 0;
  #minute: readonly number[] = [];
  #atMs = 0;
  #loaded = false;
  #shownRows: readonly FleetRow[] = [];
  #shownTotals: FleetTotals | null = null;
  #rowsStale = false;
  #totalsStale = false;

  load(snapshot: FleetSnapshot): void {
    this.#base = snapshot.base;
    this.#rows = snapshot.ids.map((id, i) => {
      const status = snapshot.statuses[i] ?? -1;
      if (status < 0) return null;
      const values = snapshot.columns.map((column) => column[i] ?? 0);
      return this.#withValues(
        {
          agentId: id,
          name: snapshot.names[i] ?? '',
          environment: snapshot.environments[i] ?? '',
          status: statusOf(status),
          reason: snapshot.reasons[i] ?? '',
        },
        values,
      );
    });
    this.#minute = snapshot.minute;
    this.#loaded = true;
    this.tail.load(snapshot.tail, snapshot.head, snapshot.t);
    this.tail.setMinute(snapshot.minute);
    this.#changed(snapshot.t);
  }

  apply(delta: FleetDelta): void {
    for (const [id, name, environment, status, reason] of delta.a ?? []) {
      const description = { agentId: id, name, environment, status: statusOf(status), reason };
      this.#rows.push(this.#withValues(description, [-1, 0, -1, -1, 0, 0]));
    }
    for (const [index, name, environment, status, reason] of delta.u ?? []) {
      const row = this.#rows[index];
      if (!row) continue;
      this.#rows[index] = status < 0 ? null : { ...row, name, environment, status: statusOf(status), reason };
    }
    delta.i?.forEach((index, n) => {
      const row = this.#rows[index];
      if (row)
        this.#rows[index] = this.#withValues(
          row,
          (delta.c ?? []).map((column) => column[n] ?? 0),
        );
    });
    if (delta.m) this.#minute = delta.m;
    for (const window of delta.b ?? []) this.tail.append(window);
    this.tail.setHead(delta.h, delta.t);
    this.tail.setMinute(delta.m);
    if (delta.a || delta.u || delta.i) this.#rowsStale = true;
    this.#changed(delta.t, this.#rowsStale);
  }

  /** Null until the first snapshot. The same array until a row changes. */
  rows = (): readonly FleetRow[] | null => {
    if (!this.#loaded) return null;
    if (this.#rowsStale) {
      this.#shownRows = this.#rows.filter((row) => row !== null);
      this.#rowsStale = false;
    }
    return this.#shownRows;
  };

  totals = (): FleetTotals | null => {
    if (!this.#loaded) return null;
    if (this.#totalsStale || this.#shownTotals === null) {
      const rows = this.rows() ?? [];
      const byStatus = Object.fromEntries(AGENT_STATUSES.map((status) => [status, 0])) as Record<
        AgentStatus,
        number
      >;
      for (const row of rows) byStatus[row.status]++;
      this.#shownTotals = { ...totalsOf(this.#minute, this.#atMs), agents: rows.length, byStatus };
      this.#totalsStale = false;
    }
    return this.#shownTotals;
  };

  #withValues(
    row: Pick<FleetRow, 'agentId' | 'name' | 'environment' | 'status' | 'reason'>,
    values: readonly number[],
  ): FleetRow {
    const [seen = -1, requests = 0, errorRate = -1, p95 = -1, tokens = 0, costMicros = 0, unpriced = 0] =
      values;
    return {
      agentId: row.agentId,
      name: row.name,
      environment: row.environment,
      status: row.status,
      reason: row.reason,
      lastSeenMs: seen < 0 ? null : this.#base + seen * 1000,
      requestsPerMin: requests,
      errorRate: errorRate < 0 ? null : errorRate / 10_000,
      p95Ms: none(p95),
      tokensPerMin: tokens,
      costPerHour: knownCost((costMicros / 1e6) * 60, unpriced),
      unpricedCallsPerMin: Math.max(0, unpriced),
    };
  }

  #changed(atMs: number, rows = true): void {
    this.#atMs = atMs;
    this.#rowsStale = rows;
    this.#totalsStale = true;
    this.notifier.schedule();
    this.tail.notify();
  }
}

/** One agent. */
export class AgentStore {
  readonly tail = new WindowTail();
  readonly notifier = new Notifier(this.tail);
  #state: AgentLive | null = null;

  load(snapshot: AgentSnapshot): void {
    this.#state = {
      ...totalsOf(snapshot.minute, snapshot.t),
      agentId: snapshot.id,
      name: snapshot.name,
      environment: snapshot.environment,
      status: statusOf(snapshot.status),
      reason: snapshot.reason,
      lastSeenMs: none(snapshot.seen),
      deleted: snapshot.status < 0,
      metrics: snapshot.metrics.map(([name, value]) => ({ name, value })),
    };
    this.tail.load(snapshot.tail, snapshot.head, snapshot.t);
    this.tail.setMinute(snapshot.minute);
    this.notifier.schedule();
    this.tail.notify();
  }

  apply(delta: AgentDelta): void {
    if (!this.#state) return;
    const state: AgentLive = {
      ...this.#state,
      ...(delta.m ? totalsOf(delta.m, delta.t) : { atMs: delta.t }),
    };
    if (delta.u) {
      const [name, environment, status, reason] = delta.u;
      Object.assign(state, { name, environment, reason, deleted: status < 0 });
      if (status >= 0) state.status = statusOf(status);
    }
    if (delta.seen !== undefined) state.lastSeenMs = none(delta.seen);
    if (delta.x) {
      const metrics = new Map(state.metrics.map(({ name, value }) => [name, value]));
      for (const [name, value] of delta.x) metrics.set(name, value);
      state.metrics = [...metrics].map(([name, value]) => ({ name, value }));
    }
    this.#state = state;
    for (const window of delta.b ?? []) this.tail.append(window);
    this.tail.setHead(delta.h, delta.t);
    this.tail.setMinute(delta.m);
    this.notifier.schedule();
    this.tail.notify();
  }

  state = (): AgentLive | null => this.#state;
}

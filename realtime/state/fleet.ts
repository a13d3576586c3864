import { type FleetDelta, type FleetSnapshot, ROW_COLUMNS } from '#lib/model/live.ts';
import type { LiveAgent } from '#lib/pipeline/live/live-queries.ts';
import type { Activity } from './activity.ts';
import { type AgentState, KEEP_ALIVE_MS, same, statusIndex } from './agent.ts';
import type { Room } from './room.ts';

interface Row {
  agent: AgentState;
  /** The description that `described` was made of. */
  source: LiveAgent | null;
  /** What the room was last told of the description; null for a row that was removed. */
  described: readonly [name: string, environment: string, status: number, reason: string] | null;
}

function describe({ description }: AgentState): Row['described'] {
  if (description === null) return null;
  const { name, environment, status, statusReason } = description;
  return [name, environment, statusIndex(status), statusReason];
}

const sameDescription = (a: Row['described'], b: Row['described']) =>
  a === b || (a !== null && b !== null && a.every((value, i) => value === b[i]));

/** The fleet's room: every agent is a row, a delta names the rows that changed. */
export class FleetView {
  readonly room: Room;
  readonly #total: Activity;
  #rows: Row[] = [];
  #baseMs: number;
  #minute: readonly number[] = [];
  #head: readonly number[] = [];
  /** Agents to look at in the next delta: something was counted, or a trailing minute is running out. */
  #active = new Set<AgentState>();
  #fresh = new Set<AgentState>();
  #second = 0;
  #snapshot: { seq: number; epoch: string; text: string } | null = null;

  constructor(total: Activity, room: Room, nowMs: number) {
    this.#total = total;
    this.room = room;
    this.#baseMs = Math.floor(nowMs / 1000) * 1000 - 86_400_000;
  }

  /** Something was counted for this agent. */
  touch(agent: AgentState): void {
    this.#fresh.add(agent);
    this.#active.add(agent);
  }

  /** An agent without a row was let go: there is nothing to say of it. */
  forget(agent: AgentState): void {
    this.#fresh.delete(agent);
    this.#active.delete(agent);
  }

  /** Takes the list of agents anew: rows that are there keep their place. */
  restart(agents: Iterable<AgentState>): void {
    this.room.restart();
    this.#rows = [];
    this.#active.clear();
    // Agents that were removed keep the number of a row that is another's now; rows that stay are told whole.
    this.#fresh.clear();
    this.#second = 0;
    for (const agent of agents) {
      agent.row = -1;
      if (agent.description !== null) this.#append(agent);
      this.#active.add(agent);
    }
  }

  /** What the deltas up to now add up to. Call `delta` before it when nobody was in the room. */
  snapshot(nowMs: number): string {
    const cached = this.#snapshot;
    if (cached?.seq === this.room.seq && cached.epoch === this.room.epoch) return cached.text;
    const message: FleetSnapshot = {
      ...this.room.head(nowMs),
      base: this.#baseMs,
      ids: this.#rows.map(({ agent }) => agent.id),
      names: this.#rows.map(({ described }) => described?.[0] ?? ''),
      environments: this.#rows.map(({ described }) => described?.[1] ?? ''),
      statuses: this.#rows.map(({ described }) => described?.[2] ?? -1),
      reasons: this.#rows.map(({ described }) => described?.[3] ?? ''),
      // What the room was told last, not what is true by now: the next delta builds upon it.
      columns: ROW_COLUMNS.map((_, column) => this.#rows.map(({ agent }) => agent.shown[column] ?? -1)),
      minute: [...this.#minute],
      head: [...this.#head],
      tail: this.#total.tail(nowMs),
    };
    const text = JSON.stringify(message);
    this.#snapshot = { seq: this.room.seq, epoch: this.room.epoch, text };
    return text;
  }

  /** The next delta, or null when there is nothing to say. */
  delta(nowMs: number): string | null {
    const fields: Partial<FleetDelta> = {};
    this.#describeRows(fields);
    this.#valueRows(fields, nowMs);
    const [minute, head] = [this.#total.minute(nowMs), this.#total.head(nowMs)];
    if (!same(minute, this.#minute)) fields.m = minute;
    if (!same(head, this.#head)) fields.h = head;
    const closed = this.#total.close(nowMs);
    if (closed.length > 0) fields.b = closed;
    if (Object.keys(fields).length === 0 && nowMs - this.room.lastAtMs < KEEP_ALIVE_MS) return null;
    this.#minute = minute;
    this.#head = head;
    return this.room.next(nowMs, fields);
  }

  #append(agent: AgentState): void {
    agent.row = this.#rows.length;
    agent.shown = [-1, 0, -1, -1, 0, 0];
    const row: Row = { agent, source: agent.description, described: describe(agent) };
    this.#rows.push(row);
  }

  /** Descriptions that changed are few: only agents that were touched are looked at. */
  #describeRows(fields: Partial<FleetDelta>): void {
    for (const agent of this.#fresh) {
      const row = this.#rows[agent.row];
      if (row?.source === agent.description) continue;
      const now = describe(agent);
      if (!row) {
        if (now !== null) {
          this.#append(agent);
          fields.a ??= [];
          fields.a.push([agent.id, ...now]);
        }
        continue;
      }
      row.source = agent.description;
      if (!sameDescription(row.described, now)) {
        row.described = now;
        fields.u ??= [];
        fields.u.push([agent.row, ...(now ?? (['', '', -1, ''] as const))]);
        if (now === null) agent.row = -1;
      }
    }
  }

  /** Once a second every agent of the last minute is looked at, in between those with something new. */
  #valueRows(fields: Partial<FleetDelta>, nowMs: number): void {
    const second = Math.floor(nowMs / 1000);
    const candidates = second === this.#second ? this.#fresh : this.#active;
    this.#second = second;
    const changed: { row: number; values: readonly number[] }[] = [];
    for (const agent of candidates) {
      if (agent.row >= 0) {
        const values = agent.rowValues(nowMs, this.#baseMs);
        if (!same(values, agent.shown)) {
          agent.shown = values;
          changed.push({ row: agent.row, values });
        }
      }
      if (nowMs - agent.activity.lastMs > 75_000) this.#active.delete(agent);
    }
    this.#fresh.clear();
    if (changed.length === 0) return;
    fields.i = changed.map(({ row }) => row);
    fields.c = ROW_COLUMNS.map((_, column) => changed.map(({ values }) => values[column] ?? -1));
  }
}

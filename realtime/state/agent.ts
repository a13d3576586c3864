import { AGENT_STATUSES } from '#lib/model/agent.ts';
import { type AgentSnapshot, WINDOW_COLUMNS } from '#lib/model/live.ts';
import type { LiveAgent } from '#lib/pipeline/live/live-queries.ts';
import { Activity } from './activity.ts';
import type { Room } from './room.ts';

/** Metrics of one agent that are kept by name; more are left out of the live view. */
const MAX_METRICS = 500;
/** A quiet view says that it is alive this often. */
export const KEEP_ALIVE_MS = 5000;

export const statusIndex = (status: LiveAgent['status']): number => AGENT_STATUSES.indexOf(status);

/** Whether two lists of numbers are the same. */
export function same(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}

/** One agent as the realtime service knows it. */
export class AgentState {
  readonly id: string;
  readonly activity = new Activity();
  readonly metrics = new Map<string, number>();
  /** Null until the database was asked: ticks may run ahead of it. */
  description: LiveAgent | null = null;
  lastSeenMs = 0;
  /** Row in the fleet's present epoch, -1 for none. */
  row = -1;
  /** What the fleet's room was last told, by `ROW_COLUMNS`. */
  shown: readonly number[] = [];
  #changedMetrics = new Set<string>();

  constructor(id: string) {
    this.id = id;
  }

  setMetric(name: string, value: number): void {
    if (!this.metrics.has(name) && this.metrics.size >= MAX_METRICS) return;
    if (this.metrics.get(name) === value) return;
    this.metrics.set(name, value);
    this.#changedMetrics.add(name);
  }

  takeChangedMetrics(): [string, number][] {
    const changed = [...this.#changedMetrics].map((name): [string, number] => [
      name,
      this.metrics.get(name) ?? 0,
    ]);
    this.#changedMetrics.clear();
    return changed;
  }

  /** Values of the fleet's row, by `ROW_COLUMNS`. */
  rowValues(nowMs: number, baseMs: number): number[] {
    const minute = this.activity.minute(nowMs);
    const [requests = 0, errors = 0, input = 0, output = 0, costMicros = 0, , p95 = -1] = minute;
    const unpriced = minute[WINDOW_COLUMNS.indexOf('unpricedCalls')] ?? 0;
    const errorRate = requests > 0 ? Math.min(10_000, Math.round((errors / requests) * 10_000)) : -1;
    const seen = this.lastSeenMs === 0 ? -1 : Math.max(0, Math.floor((this.lastSeenMs - baseMs) / 1000));
    return [seen, requests, errorRate, p95, input + output, costMicros, unpriced];
  }
}

/** What an agent's room was last told. */
export class AgentView {
  readonly room: Room;
  readonly #agent: AgentState;
  #minute: readonly number[] = [];
  #head: readonly number[] = [];
  #seenMs = 0;
  #described = '';
  #snapshot: { seq: number; epoch: string; text: string } | null = null;

  constructor(agent: AgentState, room: Room) {
    this.#agent = agent;
    this.room = room;
    this.#described = this.#description();
  }

  /** What the deltas up to now add up to. Call `delta` before it when nobody was in the room. */
  snapshot(nowMs: number): string {
    const cached = this.#snapshot;
    if (cached?.seq === this.room.seq && cached.epoch === this.room.epoch) return cached.text;
    const { description, activity, lastSeenMs, metrics, id } = this.#agent;
    const message: AgentSnapshot = {
      ...this.room.head(nowMs),
      id,
      name: description?.name ?? '',
      environment: description?.environment ?? '',
      status: description ? statusIndex(description.status) : -1,
      reason: description?.statusReason ?? '',
      seen: lastSeenMs === 0 ? -1 : lastSeenMs,
      minute: [...this.#minute],
      head: [...this.#head],
      tail: activity.tail(nowMs),
      metrics: [...metrics],
    };
    const text = JSON.stringify(message);
    this.#snapshot = { seq: this.room.seq, epoch: this.room.epoch, text };
    return text;
  }

  /** The next delta, or null when there is nothing to say. */
  delta(nowMs: number): string | null {
    const { description, activity, lastSeenMs } = this.#agent;
    const fields: Record<string, unknown> = {};
    const [minute, head] = [activity.minute(nowMs), activity.head(nowMs)];
    const [closed, metrics] = [activity.close(nowMs), this.#agent.takeChangedMetrics()];
    const described = this.#description();
    if (!same(minute, this.#minute)) fields.m = minute;
    if (!same(head, this.#head)) fields.h = head;
    if (closed.length > 0) fields.b = closed;
    if (metrics.length > 0) fields.x = metrics;
    if (lastSeenMs !== this.#seenMs) fields.seen = lastSeenMs;
    if (described !== this.#described) {
      fields.u = [
        description?.name ?? '',
        description?.environment ?? '',
        description ? statusIndex(description.status) : -1,
        description?.statusReason ?? '',
      ];
    }
    if (Object.keys(fields).length === 0 && nowMs - this.room.lastAtMs < KEEP_ALIVE_MS) return null;
    this.#minute = minute;
    this.#head = head;
    this.#seenMs = lastSeenMs;
    this.#described = described;
    return this.room.next(nowMs, fields);
  }

  #description(): string {
    const { description } = this.#agent;
    return description === null
      ? ''
      : JSON.stringify([
          description.name,
          description.environment,
          description.status,
          description.statusReason,
        ]);
  }
}

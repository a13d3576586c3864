import type { LiveTick } from '#lib/model/event.ts';
import { agentSeries, type WatchedAgent } from '../evaluate/watched-agents.ts';
import type { Rule, RulePoint } from '../rules/instance.ts';
import type { LiveRule, Rank } from './live-rule.ts';
import { LiveSeries } from './live-series.ts';

interface Watched {
  /** Null: the team as a whole. */
  agent: WatchedAgent | null;
  series: LiveSeries;
  rules: readonly LiveRule[];
  /** What each rule is known to fire at; what is not over that is no news. */
  fires: Map<string, Rank>;
}

/** A series that went over a level that it does not fire at yet. */
export interface LiveBreach {
  rule: Rule;
  rank: Rank;
  point: RulePoint;
}

/** One team as the live evaluation knows it. */
export class LiveTeam {
  readonly id: string;
  readonly #agents = new Map<string, Watched>();
  readonly #whole: Watched;
  readonly #since: number;
  readonly #changed = new Set<Watched>();
  #rules: readonly LiveRule[] = [];
  /** Sums from before this process are there. */
  isLoaded = false;
  /** Agents that ticks spoke of and nobody has described yet. */
  readonly unknown = new Set<string>();

  constructor(id: string, nowMs: number) {
    this.id = id;
    this.#since = nowMs;
    this.#whole = { agent: null, series: new LiveSeries(), rules: [], fires: new Map() };
  }

  get agentIds(): string[] {
    return [...this.#agents.keys()];
  }

  setRules(rules: readonly LiveRule[]): void {
    this.#rules = rules;
    this.#whole.rules = rules.filter(({ scope }) => scope === 'team');
    for (const watched of this.#agents.values()) this.#match(watched);
    this.touchAll();
  }

  describe(agents: readonly WatchedAgent[]): void {
    const known = new Set(agents.map(({ id }) => id));
    for (const agent of agents) {
      const watched = this.#watched(agent.id);
      watched.agent = agent;
      this.#match(watched);
      this.unknown.delete(agent.id);
    }
    for (const id of this.#agents.keys()) if (!known.has(id)) this.#agents.delete(id);
    this.unknown.clear();
  }

  #match(watched: Watched): void {
    const { agent } = watched;
    if (agent === null) return;
    watched.rules = this.#rules.filter(
      ({ scope, appliesTo }) => scope === 'agent' && appliesTo(agent.id, agent.labels),
    );
  }

  #watched(agentId: string): Watched {
    let watched = this.#agents.get(agentId);
    if (watched === undefined) {
      watched = { agent: null, series: new LiveSeries(), rules: [], fires: new Map() };
      this.#agents.set(agentId, watched);
      this.unknown.add(agentId);
    }
    return watched;
  }

  /**
   * What the database says that fires, by rule, then by agent (`''` for the team as a whole). Where something
   * fires no more, the series is looked at again.
   */
  setFiring(firing: ReadonlyMap<string, ReadonlyMap<string, Rank>>): void {
    const all = [...this.#agents, ['', this.#whole] as const];
    for (const [agentId, watched] of all) {
      for (const [ruleId, rank] of watched.fires) {
        if (rank <= (firing.get(ruleId)?.get(agentId) ?? 0)) continue;
        watched.fires.delete(ruleId);
        this.#changed.add(watched);
      }
    }
    for (const [ruleId, byAgent] of firing) {
      for (const [agentId, rank] of byAgent) {
        const watched = agentId === '' ? this.#whole : this.#agents.get(agentId);
        watched?.fires.set(ruleId, rank);
      }
    }
  }

  /** Has everything looked at again, not only what ticks speak of. */
  touchAll(): void {
    for (const watched of this.#agents.values()) this.#changed.add(watched);
    this.#changed.add(this.#whole);
  }

  /** Has everything looked at as if nothing were known to fire: what does is not told again by that. */
  lookAnew(): void {
    for (const watched of [...this.#agents.values(), this.#whole]) watched.fires.clear();
    this.touchAll();
  }

  take(tick: LiveTick, nowMs: number): void {
    tick.agentIds.forEach((agentId, row) => {
      const watched = this.#watched(agentId);
      const counts = [
        tick.requests[row] ?? 0,
        tick.errors[row] ?? 0,
        tick.inputTokens[row] ?? 0,
        tick.outputTokens[row] ?? 0,
        tick.costMicros[row] ?? 0,
      ];
      const durations = tick.durations[row] ?? [];
      watched.series.add(nowMs, counts, durations);
      this.#whole.series.add(nowMs, counts, durations);
      this.#changed.add(watched);
    });
    for (const [row, index, value] of tick.metrics) {
      const name = tick.metricNames[index];
      const agentId = tick.agentIds[row];
      if (name !== undefined && agentId !== undefined) this.#watched(agentId).series.setMetric(name, value);
    }
    this.#changed.add(this.#whole);
  }

  /** Takes over what the store knows of closed buckets; `counts` by agent (`''` for the whole) and bucket. */
  load(bucketStarts: readonly number[], counts: ReadonlyMap<string, readonly (readonly number[])[]>): void {
    for (const [agentId, buckets] of counts) {
      const { series } = agentId === '' ? this.#whole : this.#watched(agentId);
      buckets.forEach((values, i) => {
        if (values.some((value) => value !== 0)) series.load(bucketStarts[i] ?? 0, values);
      });
    }
    this.isLoaded = true;
  }

  #mayJudge({ needs, windowMs }: LiveRule, nowMs: number): boolean {
    if (needs === 'nothing') return true;
    return needs === 'sums' ? this.isLoaded : nowMs - this.#since >= windowMs;
  }

  /**
   * What the series that changed newly breach. Each is told once: a breach that can't be written down must be
   * handed back with {@link forget}.
   *
   * @param owns whether the series with this id is this worker's to evaluate
   */
  judge(nowMs: number, owns: (seriesId: string) => boolean): LiveBreach[] {
    const breaches: LiveBreach[] = [];
    for (const watched of this.#changed) {
      const { agent, series, rules, fires } = watched;
      if (rules.length === 0 || !owns(agent?.id ?? this.id)) continue;
      for (const live of rules) {
        if (!this.#mayJudge(live, nowMs)) continue;
        const judged = live.read(series, nowMs);
        const rank = judged === null ? 0 : live.rank(judged);
        if (rank <= (fires.get(live.rule.id) ?? 0)) continue;
        fires.set(live.rule.id, rank);
        const labels = agent === null ? {} : agentSeries(agent);
        const point = { labels, agentId: agent?.id ?? null, value: judged, judged };
        breaches.push({ rule: live.rule, rank, point });
      }
    }
    this.#changed.clear();
    return breaches;
  }

  /** A breach that was not written down: the next look finds it again. */
  forget({ rule, point }: LiveBreach): void {
    const watched = point.agentId === null ? this.#whole : this.#agents.get(point.agentId);
    if (!watched) return;
    watched.fires.delete(rule.id);
    this.#changed.add(watched);
  }
}

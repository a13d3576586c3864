import { setTimeout as sleep } from 'node:timers/promises';
import type { Db } from '#db/client.ts';
import { readWatchedAgents } from '#lib/alerts/evaluate/watched-agents.ts';
import { createLiveRules, readFiring } from '#lib/alerts/evaluate-live/live-rows.ts';
import type { LiveRule } from '#lib/alerts/evaluate-live/live-rule.ts';
import { type LiveBreach, LiveTeam } from '#lib/alerts/evaluate-live/live-team.ts';
import {
  type OwnedShards,
  prepareShards,
  releaseShards,
  renewShards,
  shardOf,
} from '#lib/alerts/evaluate-live/shards.ts';
import type { Clock } from '#lib/kernel/clock.ts';
import type { Log } from '#lib/kernel/log.ts';
import { channels } from '#lib/model/event.ts';
import { parseTick } from '#lib/model/live-tick.ts';
import type { EventBus } from '#lib/ports/event-bus/port.ts';
import type { MetricReader } from '#lib/ports/metric-store/port.ts';
import { applyBreaches } from './live-apply.ts';
import { loadLiveTeam } from './live-load.ts';

export interface LiveEvaluationTools {
  db: Db;
  bus: EventBus;
  metrics: Pick<MetricReader, 'measureWindows'>;
  clock: Clock;
  log: Log;
  /** Names this process among the workers. */
  worker: string;
}

/** What fires is read again this often, and soon after something was resolved. */
const FIRING_EVERY_MS = 5000;
const AGENTS_EVERY_MS = 30_000;
/** Roll-ups that ticks are to be replaced by are there after this time, and asked for no more often. */
const RELOAD_EVERY_MS = 20_000;
/** Writers of a team that are remembered for their numbering. */
const MAX_WRITERS = 1000;
/** A breach that could not be written down is looked at again after this. */
const RETRY_MS = 500;

interface Held {
  team: LiveTeam;
  rules: readonly LiveRule[];
  /** The last tick of each writer. */
  seqs: Map<string, number>;
  agentsAtMs: number;
  firingAtMs: number;
  reloadAtMs: number;
  judging: boolean;
  waiting: LiveBreach[];
  applying: Promise<void> | null;
}

/**
 * Evaluates rules without a hold time at each live tick: the bus is only listened to, what changed is judged
 * right after, and breaches are written down a team at a time. `refresh` keeps leases, rules and what fires up
 * to date and must be called about every second.
 */
export function createLiveEvaluation(tools: LiveEvaluationTools) {
  const { db, bus, metrics, clock, log, worker } = tools;
  const readRules = createLiveRules(db);
  const teams = new Map<string, Held>();
  let shards: OwnedShards = new Map();
  let leave: (() => Promise<void>)[] = [];
  let isStopped = false;

  const owns = (seriesId: string): boolean => shards.has(shardOf(seriesId));

  function hold(teamId: string): Held {
    const nowMs = clock.now();
    const fresh: Held = {
      ...{ team: new LiveTeam(teamId, nowMs), rules: [], seqs: new Map() },
      ...{ agentsAtMs: 0, firingAtMs: 0, reloadAtMs: nowMs, judging: false, waiting: [], applying: null },
    };
    teams.set(teamId, fresh);
    return fresh;
  }

  /** Judges after everything that has come over the bus by now. */
  function judgeSoon(held: Held): void {
    if (held.judging || isStopped) return;
    held.judging = true;
    setImmediate(() => {
      held.judging = false;
      held.waiting.push(...held.team.judge(clock.now(), owns));
      if (held.waiting.length > 0) held.applying ??= applyAll(held);
    });
  }

  /** Of a rule that was edited meanwhile nothing was written: its new version is judged afresh. */
  function forgetEdited(held: Held, breaches: readonly LiveBreach[]): void {
    const versions = new Map(held.rules.map(({ rule }) => [rule.id, rule.version]));
    for (const breach of breaches) {
      if (versions.get(breach.rule.id) !== breach.rule.version) held.team.forget(breach);
    }
  }

  async function applyAll(held: Held): Promise<void> {
    while (held.waiting.length > 0 && !isStopped) {
      const breaches = held.waiting.splice(0);
      try {
        const applied = await applyBreaches(db, held.team.id, breaches, { owner: worker, shards });
        applied?.afterCommit(bus);
        forgetEdited(held, breaches);
      } catch (error) {
        log.error({ err: error, team: held.team.id }, 'breaches could not be written down');
        for (const breach of breaches) held.team.forget(breach);
        await sleep(RETRY_MS);
        judgeSoon(held);
      }
    }
    held.applying = null;
  }

  function onTick(payload: string, channel: string): void {
    const held = teams.get(channel.slice('live:'.length));
    if (!held) return;
    const tick = parseTick(payload);
    if (tick === null) return;
    const before = held.seqs.get(tick.writer);
    if (before === undefined && held.seqs.size >= MAX_WRITERS) held.seqs.clear();
    held.seqs.set(tick.writer, tick.seq);
    const isLost = before !== undefined && tick.seq !== before + 1;
    if (isLost || tick.resync) held.reloadAtMs = Math.max(held.reloadAtMs, clock.now() + RELOAD_EVERY_MS);
    held.team.take(tick, clock.now());
    judgeSoon(held);
  }

  function onEvent(payload: string, channel: string): void {
    const held = teams.get(channel.slice('events:'.length));
    if (held && payload.includes('alert')) held.firingAtMs = 0;
  }

  async function describe(held: Held): Promise<void> {
    held.team.describe(await readWatchedAgents(db, held.team.id));
    held.agentsAtMs = clock.now();
  }

  async function refreshTeam(held: Held): Promise<void> {
    const { team } = held;
    const nowMs = clock.now();
    if (team.unknown.size > 0 || nowMs - held.agentsAtMs >= AGENTS_EVERY_MS) await describe(held);
    if (held.reloadAtMs !== 0 && nowMs >= held.reloadAtMs) {
      held.reloadAtMs = 0;
      await loadLiveTeam(metrics, team, nowMs);
    }
    if (nowMs - held.firingAtMs >= FIRING_EVERY_MS) {
      held.firingAtMs = nowMs;
      const firing = await readFiring(db, held.rules);
      // What is being written down while this is read is known better here: the next refresh reads again.
      if (held.applying === null) team.setFiring(firing);
      else held.firingAtMs = 0;
    }
    judgeSoon(held);
  }

  async function refreshRules(): Promise<void> {
    const byTeam = await readRules();
    if (byTeam === null) return;
    for (const teamId of teams.keys()) if (!byTeam.has(teamId)) teams.delete(teamId);
    for (const [teamId, rules] of byTeam) {
      const held = teams.get(teamId) ?? hold(teamId);
      held.rules = rules;
      held.firingAtMs = 0;
      held.team.setRules(rules);
    }
  }

  async function refreshShards(): Promise<void> {
    const before = shards;
    shards = await renewShards(db, worker);
    const isMore = [...shards].some(([shard, token]) => before.get(shard) !== token);
    if (!isMore) return;
    // The worker before us may have seen what it could no longer write down, and so may we under former tokens.
    for (const held of teams.values()) {
      held.firingAtMs = 0;
      held.team.lookAnew();
    }
  }

  return {
    async start(): Promise<void> {
      await prepareShards(db);
      leave = [
        await bus.subscribe(channels.live('*'), onTick),
        await bus.subscribe(channels.events('*'), onEvent),
      ];
      bus.onGap(() => {
        for (const held of teams.values()) held.reloadAtMs = clock.now() + RELOAD_EVERY_MS;
      });
    },
    /** Brings everything up to date that ticks don't bring; answers with the number of series held. */
    async refresh(): Promise<number> {
      await refreshShards();
      await refreshRules();
      for (const held of teams.values()) {
        await refreshTeam(held).catch((error: unknown) =>
          log.error({ err: error, team: held.team.id }, 'live evaluation of a team is out of date'),
        );
      }
      return [...teams.values()].reduce((sum, { team }) => sum + team.agentIds.length, 0);
    },
    async stop(): Promise<void> {
      isStopped = true;
      await Promise.all(leave.map((end) => end()));
      await Promise.all([...teams.values()].map(({ applying }) => applying));
      await releaseShards(db, worker);
    },
  };
}

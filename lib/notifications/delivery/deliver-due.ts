import { setTimeout as sleep } from 'node:timers/promises';
import type { Db } from '#db/client.ts';
import type { Sealer } from '#lib/command/context.ts';
import type { Log } from '#lib/kernel/log.ts';
import type { Notifiers } from '#lib/ports/notifier/port.ts';
import { type ResolveTarget, targetResolver } from '../resolve-target.ts';
import { type Claim, claimDue, LEASE_SECONDS } from './claim-due.ts';
import { type ComposeTools, composeDelivery } from './compose-delivery.ts';
import { type DeliveryFacts, readFacts } from './delivery-facts.ts';
import { holdBackPages } from './hold-back.ts';
import { createOutcomeWriter } from './outcome-writer.ts';
import { type OnFailed, type Outcome, recordOutcomes } from './record-outcomes.ts';
import { sendClaims, sendTimeout, unsent } from './send-claims.ts';
import { droppedBecause } from './still-wanted.ts';

export interface DeliveryTools extends ComposeTools {
  db: Db;
  log: Log;
  sealer: Sealer;
  notifiers: Notifiers;
  onFailed: OnFailed;
  /** Tells a loop that there may be work for it. */
  wake(queue: 'deliveries' | 'escalations'): void;
}

/** Messages under way at once to one channel, and to all of them from this process. */
const PER_CHANNEL = 64;
const IN_ALL = 256;
const ROOM_WAIT_MS = 50;
/** A send may take this much of the lease at most; what begins later might be somebody else's by then. */
const SAFE_LEASE_MS = (LEASE_SECONDS - 30) * 1000;

type Batch = [Claim, ...Claim[]];

/** What rows that were claimed together share. */
interface Ground {
  facts: DeliveryFacts;
  targetOf: ResolveTarget;
  leasedAtMs: number;
}

/**
 * Pages of one team to one address go out as one message; everything else by itself. Whether somebody may be told is
 * asked of their team: a page of one that they have left must not take those of another along. Where a page opens an
 * incident it keeps its own, which ends with its own alerts.
 */
function batches(claims: readonly Claim[]): Batch[] {
  const groups = Map.groupBy(claims, ({ purpose, kind, teamId, destination, message, id }) =>
    purpose === 'page' && kind !== 'pagerduty' && message.status === 'firing'
      ? `${teamId} ${destination}`
      : id,
  );
  return [...groups.values()].filter((group): group is Batch => group.length > 0);
}

/** What need not or cannot be sent, with its end. */
function sortOut(claims: readonly Claim[], facts: DeliveryFacts): { wanted: Claim[]; ended: Outcome[] } {
  const wanted: Claim[] = [];
  const ended: Outcome[] = [];
  for (const claim of claims) {
    const reason = droppedBecause(claim, facts.alerts.get(claim.id));
    if (reason !== null) ended.push(unsent(claim, 'cancelled', reason, null));
    else if (claim.expired)
      ended.push(unsent(claim, 'expired', 'expired', 'It could not be delivered before its time was over.'));
    else wanted.push(claim);
  }
  return { wanted, ended };
}

/**
 * Carries the outbox out. Each call of `step` takes on what is due and starts it; sends go on between steps,
 * so that a receiver that hangs keeps back nobody else (alerting S37, reliability F22). Delivery is at least
 * once: a row is done when its outcome is written.
 */
export function createDeliverer(tools: DeliveryTools) {
  const { db, log, sealer, notifiers } = tools;
  const underWay = new Map<string, number>();
  const running = new Set<Promise<void>>();
  let inAll = 0;
  let starved = false;
  let room = Promise.withResolvers<void>();
  const write = createOutcomeWriter(async (outcomes) => {
    const failed = await recordOutcomes(db, outcomes, tools.onFailed);
    if (failed === 0) return;
    tools.wake('deliveries');
    tools.wake('escalations');
  });

  /** A person gets one message at a time: what comes meanwhile goes out with the next. */
  const isFull = (destination: string, count: number) =>
    !destination.startsWith('channel:') || count > PER_CHANNEL / 2;
  const busy = () => [...underWay].filter(([name, count]) => isFull(name, count)).map(([name]) => name);

  function begin(destination: string): () => void {
    underWay.set(destination, (underWay.get(destination) ?? 0) + 1);
    inAll += 1;
    return () => {
      const left = (underWay.get(destination) ?? 1) - 1;
      if (left === 0) underWay.delete(destination);
      else underWay.set(destination, left);
      inAll -= 1;
      if (starved && (left === 0 || !isFull(destination, left))) {
        starved = false;
        room.resolve();
        tools.wake('deliveries');
      }
    };
  }

  async function carry(batch: Batch, { facts, targetOf, leasedAtMs }: Ground): Promise<void> {
    const [lead] = batch;
    const target = targetOf(lead);
    if ('problem' in target) {
      return write(batch.map((claim) => unsent(claim, 'failed', 'no_target', target.problem)));
    }
    const delivery = composeDelivery(tools, batch, facts);
    // A process that was stopped meanwhile has lost its rows: it neither sends nor writes (reliability F6).
    if (performance.now() - leasedAtMs > SAFE_LEASE_MS) return;
    const timeoutMs = sendTimeout(facts.groups.get(lead.groupId ?? '')?.intervalMs);
    const outcomes = await sendClaims(notifiers, { log, timeoutMs }, batch, target, delivery);
    const heals = facts.channels.get(lead.channelId ?? '')?.isFailing ?? false;
    await write(outcomes.map((outcome) => ({ ...outcome, heals })));
  }

  function start(batch: Batch, ground: Ground): void {
    const done = begin(batch[0].destination);
    const work = carry(batch, ground)
      .catch((error: unknown) =>
        log.error({ err: error, notification: batch[0].id }, 'a delivery was not written'),
      )
      .finally(() => {
        done();
        running.delete(work);
      });
    running.add(work);
  }

  async function takeOn(): Promise<number> {
    const limit = IN_ALL - inAll;
    const full = busy();
    if (!starved && (full.length > 0 || limit <= 0)) {
      starved = true;
      room = Promise.withResolvers<void>();
    }
    if (limit <= 0) return 0;
    const pages = await holdBackPages(db);
    const leasedAtMs = performance.now();
    const claims = await claimDue(db, { busy: full, perChannel: PER_CHANNEL, limit, pages });
    if (claims.length === 0) return 0;
    const facts = await readFacts(db, claims);
    const { wanted, ended } = sortOut(claims, facts);
    const ground = { facts, targetOf: targetResolver(facts, sealer), leasedAtMs };
    for (const batch of batches(wanted)) start(batch, ground);
    if (ended.length > 0) await write(ended);
    return claims.length;
  }

  /** Where only room was lacking it is worth waiting a moment; a receiver that hangs is not waited for. */
  async function roomSoon(): Promise<boolean> {
    if (!starved) return false;
    return Promise.race([room.promise.then(() => true), sleep(ROOM_WAIT_MS, false, { ref: false })]);
  }

  return {
    /** Takes on everything that is due and starts it, as far as there is room. Answers with how much that was. */
    async step(signal: AbortSignal): Promise<number> {
      let total = 0;
      while (!signal.aborted) {
        const count = await takeOn();
        total += count;
        if (count === 0 && !(await roomSoon())) break;
      }
      return total;
    },
    /** Waits for what is under way, for a stop or a test. */
    async idle(): Promise<void> {
      while (running.size > 0) await Promise.all(running);
    },
  };
}
export type Deliverer = ReturnType<typeof createDeliverer>;

/**
 * The one gate: every write is a command and every read on somebody's behalf a query. Nothing else gets a
 * transaction. May import access, audit, db, port files, model and kernel.
 *
 * This file holds commands: permission, parse, transaction, work, audit, commit, announce.
 */
import type { z } from 'zod';
import type { Db, Tx } from '#db/client.ts';
import { isGivenUp, isLeftHanging } from '#db/taken.ts';
import type { Actor } from '#lib/access/actor.ts';
import type { Permission } from '#lib/access/permissions.ts';
import type { Snapshot } from '#lib/audit/diff.ts';
import { recordAudit } from '#lib/audit/record.ts';
import { AppError } from '#lib/kernel/errors.ts';
import { type ControlEvent, channels, controlEventSchema, type TeamEvent } from '#lib/model/event.ts';
import type { FeatureFlag } from '#lib/model/installation-settings.ts';
import type { CommandContext, CommandDeps } from './context.ts';
import { guarded, parseInput } from './gate.ts';
import { registerVerb } from './registry.ts';

export interface CommandArgs<I> {
  input: I;
  actor: Actor;
  tx: Tx;
  /** The moment of the act; the same on every row it writes. */
  now: Date;
  deps: CommandDeps;
  /** Publishes an event once the transaction has been committed; never if it was rolled back. */
  announce(event: TeamEvent | ControlEvent): void;
}

/** What a command hands back: its answer, and what the ledger says about it. */
export interface Outcome<R> {
  result: R;
  targetId: string;
  before?: Snapshot;
  after?: Snapshot;
  /** What the ledger calls it where it was not quite the act of that name: an acknowledgement that came second. */
  action?: string;
}

interface CommandDefinition<S extends z.ZodType, R> {
  /** `noun.verb`; unique in the system. */
  name: string;
  permission: Permission;
  /** A strict schema: unknown fields are refused (security Z8). */
  input: S;
  audit: { action: string; target: string };
  /** The feature flag that it belongs to: while that is off there is no such verb. The one place where verbs ask it. */
  feature?: FeatureFlag;
  /** Whether it is expensive: a team then runs it so many times at once and no more (security U8). */
  isHeavy?: true;
  run(args: CommandArgs<z.output<S>>): Promise<Outcome<R>>;
}

export type Command<S extends z.ZodType, R> = Readonly<CommandDefinition<S, R>> & {
  readonly kind: 'command';
};

export function defineCommand<S extends z.ZodType, R>(definition: CommandDefinition<S, R>): Command<S, R> {
  const { name, permission, audit } = definition;
  const command = Object.freeze({ ...definition, kind: 'command' as const });
  registerVerb({ kind: 'command', name, permission, audit, definition: command });
  return command;
}

function channelOf(event: TeamEvent | ControlEvent, teamId: string): string {
  return controlEventSchema.safeParse(event).success ? channels.control : channels.events(teamId);
}

async function publish(
  context: CommandContext,
  teamId: string,
  events: readonly (TeamEvent | ControlEvent)[],
): Promise<void> {
  for (const event of events) {
    try {
      await context.bus.publish(channelOf(event, teamId), JSON.stringify(event));
    } catch (error) {
      context.log.warn({ err: error, type: event.type }, 'an event could not be announced');
    }
  }
}

/** Two that lock the same rows in another order: one is given up, and does it after the other. */
const MOST_TRIES = 3;

async function inTransaction<R>(db: Db, work: (tx: Tx) => Promise<R>): Promise<R> {
  for (let tries = 1; ; tries++) {
    try {
      return await db.transaction(work);
    } catch (error) {
      if (isLeftHanging(error))
        throw new AppError(
          'conflict',
          'Something that this belongs to has just been deleted, or is still in use. Load it again.',
          { cause: error },
        );
      if (tries === MOST_TRIES || !isGivenUp(error)) throw error;
    }
  }
}

/**
 * Executes a command on somebody's behalf. Its work may run more than once, each time in a transaction of its own of
 * which only the last is committed.
 *
 * @param raw input as it came in; parsed here and nowhere else
 * @throws AppError `forbidden` (also written to the ledger), `invalid`, or what the work throws
 */
export async function execute<S extends z.ZodType, R>(
  context: CommandContext,
  actor: Actor,
  command: Command<S, R>,
  raw: unknown,
): Promise<R> {
  const { action, target } = command.audit;
  const events: (TeamEvent | ControlEvent)[] = [];
  const result = await guarded(
    context,
    actor,
    { action, targetKind: target, permission: command.permission, feature: command.feature },
    async () => {
      const input = parseInput(command.input, raw);
      const now = new Date(context.clock.now());
      const work = () =>
        inTransaction(context.db, async (tx) => {
          events.length = 0;
          const announce = (event: TeamEvent | ControlEvent) => void events.push(event);
          const outcome = await command.run({ input, actor, tx, now, announce, deps: context.deps });
          const { targetId, before, after } = outcome;
          await recordAudit(
            tx,
            {
              actor,
              action: outcome.action ?? action,
              target: { kind: target, id: targetId },
              outcome: 'ok',
              before,
              after,
            },
            now,
          );
          return outcome.result;
        });
      return command.isHeavy && context.heavyWork ? context.heavyWork.run(actor.teamId, work) : work();
    },
  );
  await publish(context, actor.teamId, events);
  return result;
}

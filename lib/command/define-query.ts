import type { z } from 'zod';
import type { Db } from '#db/client.ts';
import type { Actor } from '#lib/access/actor.ts';
import type { Permission } from '#lib/access/permissions.ts';
import type { FeatureFlag } from '#lib/model/installation-settings.ts';
import type { CommandContext, CommandDeps } from './context.ts';
import { guarded, parseInput } from './gate.ts';
import { registerVerb } from './registry.ts';

export interface QueryArgs<I> {
  input: I;
  /** Its team stands in the predicate of every statement (security Z4). */
  actor: Actor;
  db: Db;
  now: Date;
  deps: CommandDeps;
}

interface QueryDefinition<S extends z.ZodType, R> {
  /** `noun.verb`; unique in the system. */
  name: string;
  permission: Permission;
  input: S;
  /** The feature flag that it belongs to: while that is off there is no such query. */
  feature?: FeatureFlag;
  /** Whether it is expensive: a team then asks it so many times at once and no more (security U8). */
  isHeavy?: true;
  /** Returns view models of allow-listed fields, never rows. */
  run(args: QueryArgs<z.output<S>>): Promise<R>;
}

export type Query<S extends z.ZodType, R> = Readonly<QueryDefinition<S, R>> & { readonly kind: 'query' };

export function defineQuery<S extends z.ZodType, R>(definition: QueryDefinition<S, R>): Query<S, R> {
  const { name, permission } = definition;
  const query = Object.freeze({ ...definition, kind: 'query' as const });
  registerVerb({ kind: 'query', name, permission, definition: query });
  return query;
}

/**
 * Reads on somebody's behalf.
 *
 * @throws AppError `forbidden` (also written to the ledger), `invalid`, or what the query throws
 */
export async function ask<S extends z.ZodType, R>(
  context: CommandContext,
  actor: Actor,
  query: Query<S, R>,
  raw: unknown,
): Promise<R> {
  const { name, permission, feature } = query;
  return guarded(context, actor, { action: name, targetKind: 'query', permission, feature }, () => {
    const input = parseInput(query.input, raw);
    const { db, deps, heavyWork } = context;
    const work = () => query.run({ input, actor, db, now: new Date(context.clock.now()), deps });
    return query.isHeavy && heavyWork ? heavyWork.run(actor.teamId, work) : work();
  });
}

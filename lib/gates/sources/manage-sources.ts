import { asc, eq } from 'drizzle-orm';
import { z } from 'zod';
import { gateSources } from '#db/schema/gates.ts';
import { isTaken } from '#db/taken.ts';
import { defineCommand } from '#lib/command/define-command.ts';
import { defineQuery } from '#lib/command/define-query.ts';
import { AppError } from '#lib/kernel/errors.ts';
import { createSourceInput, type GateSource, updateSourceInput } from '#lib/model/gate-source.ts';
import { uuidv7 } from '#lib/model/uuid.ts';
import {
  checkTemplates,
  checkUrl,
  headerFor,
  noSuchSource,
  ownSource,
  sourceNameTaken,
  sourceSnapshot,
  sourceView,
} from './source-rows.ts';

const feature = 'deployment_automation';
const target = 'gate-source';

export const listGateSources = defineQuery({
  name: 'gate-sources.list',
  permission: 'deployments:read',
  feature,
  input: z.strictObject({}),
  async run({ actor, db }): Promise<{ items: GateSource[] }> {
    const rows = await db
      .select()
      .from(gateSources)
      .where(eq(gateSources.teamId, actor.teamId))
      .orderBy(asc(gateSources.name));
    return { items: rows.map(sourceView) };
  },
});

/** @throws AppError `conflict` when its name is taken, `invalid` */
export const createGateSource = defineCommand({
  name: 'gate-sources.create',
  permission: 'deployments:configure',
  feature,
  input: createSourceInput,
  audit: { action: 'gate-source.create', target },
  async run({ input, actor, tx, now, deps }) {
    const { name, url, templates } = input;
    checkUrl(url, deps.outbound);
    checkTemplates(templates);
    const row = {
      ...{ id: uuidv7(), teamId: actor.teamId, name, url, templates, createdAt: now, updatedAt: now },
      sealedAuthorization: headerFor(deps, null, url, input.authorization),
    };
    const [made] = await tx
      .insert(gateSources)
      .values(row)
      .onConflictDoNothing()
      .returning({ id: gateSources.id });
    if (!made) throw sourceNameTaken();
    return { result: made, targetId: made.id, after: sourceSnapshot(row) };
  },
});

/** @throws AppError `not_found`; `conflict` when the name is taken, or it is not as `ifUpdatedAt` says any more; `invalid` */
export const updateGateSource = defineCommand({
  name: 'gate-sources.update',
  permission: 'deployments:configure',
  feature,
  input: updateSourceInput,
  audit: { action: 'gate-source.update', target },
  async run({ input, actor, tx, now: at, deps }) {
    const own = ownSource(actor.teamId, input.id);
    const [row] = await tx.select().from(gateSources).where(own).for('update');
    if (!row) throw noSuchSource();
    if (input.ifUpdatedAt !== undefined && input.ifUpdatedAt !== row.updatedAt.getTime())
      throw new AppError('conflict', `${row.name} was changed by somebody else. Reload to see the change.`);
    const { name = row.name, url = row.url, templates = row.templates } = input;
    if (input.url !== undefined) checkUrl(url, deps.outbound);
    checkTemplates(templates);
    const sealedAuthorization = headerFor(deps, row, url, input.authorization);
    const next = { name, url, templates, sealedAuthorization };
    const now = new Date(Math.max(at.getTime(), row.updatedAt.getTime() + 1));
    try {
      await tx
        .update(gateSources)
        .set({ ...next, updatedAt: now })
        .where(own);
    } catch (error) {
      throw isTaken(error) ? sourceNameTaken() : error;
    }
    const result = { id: row.id, updatedAt: now.getTime() };
    return { result, targetId: row.id, before: sourceSnapshot(row), after: sourceSnapshot(next) };
  },
});

/** @throws AppError `not_found` */
export const deleteGateSource = defineCommand({
  name: 'gate-sources.delete',
  permission: 'deployments:configure',
  feature,
  input: z.strictObject({ id: z.uuid() }),
  audit: { action: 'gate-source.delete', target },
  async run({ input, actor, tx }) {
    const [row] = await tx.delete(gateSources).where(ownSource(actor.teamId, input.id)).returning();
    if (!row) throw noSuchSource();
    return { result: { id: row.id }, targetId: row.id, before: sourceSnapshot(row) };
  },
});

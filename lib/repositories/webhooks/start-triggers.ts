import { and, eq, isNull } from 'drizzle-orm';
import type { Tx } from '#db/client.ts';
import { agents } from '#db/schema/agents.ts';
import {
  deployTriggers,
  type repositories,
  triggerRuns,
  type webhookDeliveries,
} from '#db/schema/repositories.ts';
import { uuidv7 } from '#lib/model/uuid.ts';
import { allows } from './decide-delivery.ts';

type Delivery = typeof webhookDeliveries.$inferSelect;
type Repository = Pick<typeof repositories.$inferSelect, 'id' | 'teamId' | 'allowed'>;

/**
 * Starts the triggers that an allowed delivery fits, each once however often it is delivered (deployment S-87). A rule
 * allows it for an environment: agents of another one stay as they are, and the trigger says so (deployment S-89).
 */
export async function startTriggers(tx: Tx, delivery: Delivery, repository: Repository): Promise<void> {
  const { event, facts, deliveryGuid } = delivery;
  const { ref } = facts;
  if (ref === null) return;
  const candidates = await tx
    .select({ trigger: deployTriggers, environment: agents.environment })
    .from(deployTriggers)
    .innerJoin(agents, and(eq(agents.id, deployTriggers.agentId), isNull(agents.deletedAt)))
    .where(and(eq(deployTriggers.repositoryId, repository.id), eq(deployTriggers.isEnabled, true)));
  const fitting = candidates.filter(({ trigger }) => allows(trigger, event, facts));
  for (const { trigger, environment } of fitting) {
    const isAllowed = repository.allowed.some(
      (rule) => rule.environment === environment && allows(rule, event, facts),
    );
    const refused = { status: 'failed', message: `No rule allows this for ${environment}.` } as const;
    await tx
      .insert(triggerRuns)
      .values({
        ...{ id: uuidv7(), teamId: repository.teamId, triggerId: trigger.id, deliveryId: delivery.id },
        ...{ idempotencyKey: `delivery:${deliveryGuid}:${trigger.id}`, ref, sha: facts.sha },
        requestedBy: { kind: 'user', id: trigger.ownerId },
        requestedByName: trigger.ownerName,
        hostRunId: trigger.build === null ? (facts.runId ?? null) : null,
        ...(isAllowed ? {} : refused),
      })
      .onConflictDoNothing();
  }
}

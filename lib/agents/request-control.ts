import { and, eq, isNull } from 'drizzle-orm';
import { z } from 'zod';
import { agents } from '#db/schema/agents.ts';
import type { Actor } from '#lib/access/actor.ts';
import type { CommandArgs, Outcome } from '#lib/command/define-command.ts';
import { AppError } from '#lib/kernel/errors.ts';
import { uuidv7 } from '#lib/model/uuid.ts';
import { ofTeam } from './agent-rows.ts';
import { lockOwnAgent, refuseUnlessCan } from './own-agent.ts';

export const controlInput = z.strictObject({ id: z.uuid() });

/** A request as it was taken: the status changes later, when telemetry or the probe confirms it. */
export interface ControlRequest {
  id: string;
  requestId: string;
  desiredState: 'running' | 'stopped';
}

function requester(actor: Actor): { kind: 'user' | 'key'; id: string } | null {
  if (actor.kind === 'system') return null;
  return actor.kind === 'user' ? { kind: 'user', id: actor.userId } : { kind: 'key', id: actor.keyId };
}

/**
 * Writes down what is wanted of an agent. The row itself is the request: a worker sends it to the control
 * URL, and sends it again under the same id after a crash.
 *
 * @throws AppError `conflict` with the reason when it can't be done now or somebody else was first
 */
export async function requestControl(
  { input: { id }, actor, tx, now, announce }: CommandArgs<z.output<typeof controlInput>>,
  action: 'start' | 'stop',
): Promise<Outcome<ControlRequest>> {
  const agent = await lockOwnAgent(tx, actor.teamId, id);
  refuseUnlessCan(agent, action);
  const desiredState = action === 'start' ? 'running' : 'stopped';
  const requestId = uuidv7(now.getTime());
  const taken = await tx
    .update(agents)
    .set({
      desiredState,
      desiredSince: now,
      desiredBy: requester(actor),
      controlRequestId: requestId,
      controlAttempts: 0,
      controlSentAt: null,
      controlAcceptedAt: null,
    })
    .where(and(ofTeam(actor.teamId, eq(agents.id, id)), isNull(agents.desiredState)))
    .returning({ id: agents.id });
  if (taken.length === 0) throw new AppError('conflict', `Another request for ${agent.name} was first.`);
  announce({ type: 'agent.changed', agentId: id });
  return {
    result: { id, requestId, desiredState },
    targetId: id,
    before: { desiredState: agent.desiredState, status: agent.status },
    after: { desiredState, requestId },
  };
}

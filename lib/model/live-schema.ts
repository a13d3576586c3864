import { z } from 'zod';

/** What a browser may ask of the realtime service, as the service reads it; `live.ts` holds the rest of the protocol. */

const sinceSchema = z.strictObject({ epoch: z.string().min(1).max(64), seq: z.int().nonnegative() });

/** `fleet`: every agent of the team; `agent`: one agent; `events`: what happens in the team. */
export const subscribeSchema = z.discriminatedUnion('view', [
  z.strictObject({ view: z.literal('fleet'), since: sinceSchema.optional() }),
  z.strictObject({ view: z.literal('agent'), agentId: z.uuid(), since: sinceSchema.optional() }),
  z.strictObject({ view: z.literal('events'), since: sinceSchema.optional() }),
]);
export type SubscribeRequest = z.infer<typeof subscribeSchema>;

export const unsubscribeSchema = z.discriminatedUnion('view', [
  z.strictObject({ view: z.literal('fleet') }),
  z.strictObject({ view: z.literal('agent'), agentId: z.uuid() }),
  z.strictObject({ view: z.literal('events') }),
]);
export type UnsubscribeRequest = z.infer<typeof unsubscribeSchema>;

import { z } from 'zod';
import { ERROR_CODES } from '#lib/kernel/errors.ts';

/**
 * What askers and workers tell each other. A question is first told to all workers; those that are free offer to take
 * it, the first is told what it is about, and answers: so no two do the same work, and the one that is quickest does.
 */
export const questionSchema = z.object({
  id: z.uuid(),
  asker: z.uuid(),
  kind: z.string(),
  holding: z.string().nullable(),
});

/** To the one worker that does it. */
export const orderSchema = z.object({
  id: z.uuid(),
  asker: z.uuid(),
  kind: z.string(),
  input: z.unknown(),
  /** How long an answer is still waited for, milliseconds. */
  forMs: z.int().min(0),
});

/** To the asker. */
export const replySchema = z.discriminatedUnion('is', [
  z.object({ is: z.literal('offer'), id: z.uuid(), worker: z.uuid() }),
  z.object({ is: z.literal('answer'), id: z.uuid(), body: z.unknown() }),
  z.object({ is: z.literal('refusal'), id: z.uuid(), code: z.enum(ERROR_CODES), message: z.string() }),
]);
export type Reply = z.infer<typeof replySchema>;

/** A message of the bus as its schema reads it; null for one of another version of the program. */
export function messageOf<S extends z.ZodType>(schema: S, payload: string): z.output<S> | null {
  try {
    return schema.safeParse(JSON.parse(payload)).data ?? null;
  } catch {
    return null;
  }
}

import { z } from 'zod';

/** What was said in a run, as people with the permission to read it see it. */

const contentPartSchema = z.object({
  name: z.string().describe('The attribute or event that carries it, as the sender calls it'),
  text: z.string(),
});

/** Everything that was said in a run, as far as it is kept. */
export const runContentSchema = z.object({
  traceId: z.string(),
  spans: z.array(
    z.object({
      spanId: z.string(),
      name: z.string(),
      operation: z.string(),
      startedAt: z.number(),
      parts: z.array(contentPartSchema),
    }),
  ),
  logs: z.array(
    z.object({ at: z.number(), spanId: z.string().nullable(), parts: z.array(contentPartSchema) }),
  ),
  truncated: z.boolean().describe('True: there is more than one answer holds'),
});
export type RunContent = z.output<typeof runContentSchema>;
export type ContentPart = z.output<typeof contentPartSchema>;

export const contentBodies = { RunContent: runContentSchema };

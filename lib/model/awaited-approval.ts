import { z } from 'zod';

/** Deployments that wait for the word of whoever asks. Times are Unix milliseconds. */

const awaitedSchema = z.object({
  id: z.uuid(),
  agentName: z.string(),
  version: z.string(),
  environment: z.string(),
  requestedBy: z.string(),
  createdAt: z.int().describe('Unix milliseconds'),
  expiresAt: z.int().nullable().describe('When it fails without the approvals that it needs'),
  given: z.int().describe('Approvals up to now'),
  needed: z.int(),
});

const awaitedListSchema = z.object({
  total: z.int(),
  items: z.array(awaitedSchema).describe('What expires first comes first; at most 20'),
});
export type AwaitedApprovals = z.infer<typeof awaitedListSchema>;

/** The bodies that `/api/v1` answers with about them. */
export const awaitedBodies = { AwaitedApprovals: awaitedListSchema };

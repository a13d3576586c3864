import { z } from 'zod';

/** What senders had accepted and refused, as people and machines read it. Times are Unix milliseconds. */

/** Items of one sender that were refused for one reason. */
const refusalSchema = z.object({
  reason: z.string().describe('Stable word, as on the counters of the ingest process'),
  count: z.int(),
  words: z.string(),
  hint: z.string().describe('What helps'),
  lastAt: z.int(),
});

const senderSchema = z.object({
  sender: z.string().describe('service.name; `__other__` for senders beyond the first 500 of a day'),
  accepted: z.int(),
  duplicates: z.int().describe('Items sent again, which were not counted twice'),
  refused: z.int(),
  refusals: z.array(refusalSchema),
  unmapped: z.int().describe('GenAI attributes that no table knows'),
  contentDropped: z
    .int()
    .describe('Items stored without content, because a redaction rule could not be applied to it'),
  conventions: z.array(z.string()),
  lastSeenAt: z.int(),
});

export const receiverReportSchema = z.object({
  since: z.int(),
  totals: z.object({
    accepted: z.int(),
    refused: z.int(),
    /** Refused because the agent or the team has as many series as it may have. */
    tooManySeries: z.int(),
    unmapped: z.int(),
  }),
  senders: z.array(senderSchema),
});
export type SenderView = z.output<typeof senderSchema>;
export type ReceiverReport = z.output<typeof receiverReportSchema>;

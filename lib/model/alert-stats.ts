import { z } from 'zod';

/** How alerts were handled, as the page and the API show it. */

export const statsInputSchema = z.strictObject({
  days: z.coerce.number().int().min(1).max(365).default(30),
  agentId: z.uuid().optional(),
});
const seconds = z.number().nullable().describe('Seconds; null without any alert to measure');
export const alertStatsSchema = z.object({
  opened: z.int(),
  acknowledged: z.int(),
  resolved: z.int(),
  meanTimeToAcknowledge: seconds,
  meanTimeToResolve: seconds,
  p90TimeToAcknowledge: seconds,
  p90TimeToResolve: seconds,
  useful: z.int(),
  noise: z.int(),
  byDay: z.array(z.object({ day: z.int().describe('Midnight, UTC'), opened: z.int(), resolved: z.int() })),
  byAgent: z.array(
    z.object({
      agentId: z.uuid().nullable(),
      agentName: z.string().nullable(),
      opened: z.int(),
      noise: z.int(),
      meanTimeToAcknowledge: seconds,
    }),
  ),
  bySource: z.array(
    z.object({ title: z.string(), opened: z.int(), useful: z.int(), noise: z.int(), flapping: z.int() }),
  ),
});
export type AlertStats = z.infer<typeof alertStatsSchema>;

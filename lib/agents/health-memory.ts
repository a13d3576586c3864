import { z } from 'zod';

/** What one probe of an agent's health URL saw. */
const probeResultSchema = z.object({
  ok: z.boolean(),
  /** HTTP status, null when no answer came. */
  status: z.number().nullable(),
  latencyMs: z.number(),
  /** The result in words, safe to show: never the body of the answer (security O5). */
  message: z.string(),
});
export type ProbeResult = z.infer<typeof probeResultSchema>;

const memorySchema = z.object({
  probe: probeResultSchema.nullable().default(null),
  /** Probes that failed in a row. */
  failedProbes: z.number().default(0),
  /** Agent runs that ended in the last 5 minutes and how many of them failed. */
  runs: z.object({ total: z.number(), failed: z.number() }).nullable().default(null),
  /** A start or stop that was not confirmed in time and is why the status is `error`. */
  failedControl: z.enum(['start', 'stop']).nullable().default(null),
});

/** What the health loop remembers of an agent from one check to the next. */
export type HealthMemory = z.infer<typeof memorySchema>;

/** Reads what is stored; anything unknown counts as nothing remembered. */
export function readMemory(stored: unknown): HealthMemory {
  const parsed = memorySchema.safeParse(stored);
  return parsed.success ? parsed.data : memorySchema.parse({});
}

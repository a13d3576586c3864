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
  /** Runs that ended in the last 5 minutes and how many of them failed; calls, of an agent that has no runs. */
  runs: z
    .object({
      total: z.number(),
      failed: z.number(),
      of: z.enum(['run', 'model', 'tool']).default('run'),
    })
    .nullable()
    .default(null),
  /** The share of failed runs that the words of the status name: it stays while the real one is near. */
  toldShare: z.number().nullable().default(null),
  /** A start or stop that was not confirmed in time and is why the status is `error`. */
  failedControl: z.enum(['start', 'stop']).nullable().default(null),
  /** The start or stop that waits to be confirmed, and since when checks watched it without a break. */
  watched: z.object({ requestId: z.string(), sinceMs: z.number() }).nullable().default(null),
});

/** What the health loop remembers of an agent from one check to the next. */
export type HealthMemory = z.infer<typeof memorySchema>;

/** Reads what is stored; anything unknown counts as nothing remembered. */
export function readMemory(stored: unknown): HealthMemory {
  const parsed = memorySchema.safeParse(stored);
  return parsed.success ? parsed.data : memorySchema.parse({});
}

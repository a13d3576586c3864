import { TraceMemory } from '#lib/telemetry/trace-memory.ts';

/** Teams whose traces are remembered at a time; the one that was quiet longest is forgotten first. */
const MAX_TEAMS = 64;

/** What is known of recent traces, a memory a team. */
export function createTraceMemories() {
  const memories = new Map<string, TraceMemory>();
  return {
    of(teamId: string): TraceMemory {
      const known = memories.get(teamId);
      if (known !== undefined) memories.delete(teamId);
      else if (memories.size >= MAX_TEAMS) memories.delete(memories.keys().next().value as string);
      const memory = known ?? new TraceMemory();
      memories.set(teamId, memory);
      return memory;
    },
  };
}

export type TraceMemories = ReturnType<typeof createTraceMemories>;

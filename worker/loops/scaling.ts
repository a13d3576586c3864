import { runScaling, type ScaleTools } from '#lib/pipeline/scale/run-scaling.ts';
import type { Loop } from '../loop.ts';

/** Looks at what the load of agents asks for, and scales those whose policies say so. */
export function scalingLoop(tools: ScaleTools): Loop {
  return {
    name: 'scaling',
    intervalMs: 15_000,
    // One look may wait for three requests of 20 s; what is given up is taken over when its lease ends.
    timeoutMs: 90_000,
    exclusive: 'claims',
    async step(signal) {
      return { done: await runScaling(tools, signal), more: false };
    },
  };
}

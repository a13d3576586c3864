import { type ControlTools, sendControlRequests } from '#lib/agents/send-control-requests.ts';
import type { Loop } from '../loop.ts';

/** Carries out starts and stops that people asked for. */
export function controlLoop(tools: ControlTools): Loop {
  return {
    name: 'control',
    intervalMs: 10_000,
    timeoutMs: 30_000,
    exclusive: 'claims',
    async step(signal) {
      return { done: await sendControlRequests(tools, signal), more: false };
    },
  };
}

import { z } from 'zod';
import type { Clock } from '#lib/kernel/clock.ts';
import { logQuestionSchema, workloadActSchema, workloadAddressSchema } from '#lib/model/workload.ts';
import type { Answerer } from '#lib/ports/event-bus/port.ts';
import { actOnWorkload } from './act-on-workload.ts';
import { createWorkloadReader } from './read-workload.ts';
import { createLogTails, type LogTools } from './tail-logs.ts';
import { toldError } from './workload-objects.ts';

const actQuestionSchema = z.object({ at: workloadAddressSchema, act: workloadActSchema });

/** What a worker answers about running workloads: it reads them, tells their logs, and does what somebody may have done. */
export function answerAboutWorkloads({ clock, ...tools }: LogTools & { clock: Clock }) {
  const reader = createWorkloadReader(tools.clusters, clock);
  const tails = createLogTails(tools);
  const answerers: Record<string, Answerer> = {
    'workload.read': { answer: (input) => reader.read(workloadAddressSchema.parse(input)) },
    'workload.log': {
      holds: tails.holds,
      answer: (input, signal) => tails.answer(logQuestionSchema.parse(input), signal),
    },
    'workload.act': {
      async answer(input, signal) {
        const { at, act } = actQuestionSchema.parse(input);
        try {
          return await actOnWorkload(await tools.clusters.get(at.teamId, at.clusterId), at, act, signal);
        } catch (error) {
          throw toldError(error);
        } finally {
          reader.forget(at);
        }
      },
    },
  };
  return { answerers, close: tails.close };
}

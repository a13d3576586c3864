import type { CommandDeps } from '#lib/command/context.ts';
import { AppError } from '#lib/kernel/errors.ts';
import type { QuestionOptions } from '#lib/ports/event-bus/port.ts';

/**
 * Asks a worker, which reaches the cluster: this process never does.
 *
 * @throws AppError `unavailable` in words when the cluster is unreachable, whoever it was that did not answer
 */
export async function askWorkers(
  { workers }: Pick<CommandDeps, 'workers'>,
  kind: 'workload.read' | 'workload.log' | 'workload.act',
  input: unknown,
  options?: QuestionOptions,
): Promise<unknown> {
  if (!workers) throw new AppError('unavailable', 'Cluster unreachable: this process asks no workers.');
  try {
    return await workers.ask(kind, input, options);
  } catch (error) {
    if (!(error instanceof AppError && error.code === 'unavailable')) throw error;
    throw new AppError('unavailable', `Cluster unreachable. ${error.message}`, { cause: error });
  }
}

import { z } from 'zod';
import { defineQuery } from '#lib/command/define-query.ts';
import { AppError } from '#lib/kernel/errors.ts';
import { uuidv7 } from '#lib/model/uuid.ts';
import {
  type LogPlace,
  type LogQuestion,
  logAnswerSchema,
  logSchema,
  type WorkloadLog,
} from '#lib/model/workload.ts';
import { askWorkers } from './ask-workers.ts';
import { requireWorkload } from './find-workload.ts';

const cursorSchema = z.tuple([z.uuid(), z.int().nullable(), z.int().min(0)]);

const writeCursor = (reader: string, after: LogPlace | null): string =>
  JSON.stringify([reader, after?.atMs ?? null, after?.told ?? 0]);

/** Who reads, and up to where it was told. @throws AppError `invalid` */
function readCursor(
  cursor: string | undefined,
  newReader: string,
): { reader: string; after: LogPlace | null } {
  if (cursor === undefined) return { reader: newReader, after: null };
  let parsed: unknown;
  try {
    parsed = JSON.parse(cursor);
  } catch {
    parsed = null;
  }
  const found = cursorSchema.safeParse(parsed).data;
  if (found)
    return { reader: found[0], after: found[1] === null ? null : { atMs: found[1], told: found[2] } };
  const issues = [{ path: 'cursor', message: 'This cursor does not belong to this log.' }];
  throw new AppError('invalid', 'Some values are not valid.', { issues });
}

/**
 * Lines of the log of a container, redacted by the rules of the team. Followed, it answers when there are some, after a
 * few seconds in any case; each answer brings the cursor of the next question, so that every one of them is asked by
 * somebody who still may (security A4), and a connection that breaks loses and repeats nothing.
 *
 * @throws AppError `not_found`; `unavailable` when no worker or no cluster answers
 */
export const readWorkloadLog = defineQuery({
  name: 'workloads.read-log',
  permission: 'workloads:logs',
  feature: 'deployment_automation',
  input: logSchema,
  async run({ input, actor, db, deps, now }): Promise<WorkloadLog> {
    const { pod, container, tail } = input;
    const { address: at } = await requireWorkload(db, actor.teamId, input.agentId);
    const { reader, after } = readCursor(input.cursor, uuidv7(now.getTime()));
    const isPrevious = input.previous === 'true';
    const follow = input.follow === 'true' && !isPrevious;
    const question: LogQuestion = { at, pod, container, isPrevious, tail, follow, reader, after };
    const answer = await askWorkers(deps, 'workload.log', question, follow ? { holding: reader } : {});
    const { lines, after: next, isEnded } = logAnswerSchema.parse(answer);
    return { lines, isEnded, cursor: writeCursor(reader, next) };
  },
});

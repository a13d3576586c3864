import { isDeepStrictEqual, stripVTControlCharacters } from 'node:util';
import type { Redactor } from '#lib/content/redaction/redactor.ts';
import { lookAtWorkload } from '#lib/deployments/rollout/look-at-workload.ts';
import { AppError } from '#lib/kernel/errors.ts';
import type { LogAnswer, LogQuestion } from '#lib/model/workload.ts';
import type { Cluster, LogLine } from '#lib/ports/cluster/port.ts';
import { workloadRef } from '../deploy/workload-object.ts';
import { FollowedLog, notTold, placeAfter, toldLines } from './followed-log.ts';
import { podsOf } from './read-workload.ts';
import { type ClusterSource, noSuchWorkload, toldError } from './workload-objects.ts';

/** Nobody asks for more: the log is let go after so long, milliseconds. */
const IDLE_MS = 15_000;
/** Logs that one worker follows at once. */
const MOST_FOLLOWED = 200;
/** Lines and UTF-16 code units of one answer. */
const MOST_TEXT = 256 * 1024;

export interface LogTools {
  clusters: ClusterSource;
  /** The rules of a team by which its content is redacted; null without any. */
  redactorOf(teamId: string): Promise<Redactor | null>;
}

interface Followed {
  question: Pick<LogQuestion, 'at' | 'pod' | 'container'>;
  log: FollowedLog;
  idle: ReturnType<typeof setTimeout>;
}

/** A log of a pod that is no part of the workload is nobody's to read here. @throws AppError `not_found` */
async function requirePod(cluster: Cluster, { at, pod }: LogQuestion, signal: AbortSignal): Promise<void> {
  const { namespace, name: workloadName } = at;
  const look = await lookAtWorkload(cluster, workloadRef({ namespace, workloadName }), signal);
  if (!look) throw noSuchWorkload();
  if (podsOf(look).some(({ metadata }) => metadata.name === pod)) return;
  throw new AppError('not_found', `The workload has no pod ${pod} any more.`);
}

/** The lines of a log that were not told yet, as the cluster has them. */
function open(cluster: Cluster, question: LogQuestion, signal: AbortSignal): AsyncIterable<LogLine> {
  const { at, pod, container, isPrevious, follow, tail, after } = question;
  const since = after === null ? { tailLines: tail } : { sinceMs: after.atMs };
  return cluster.logs(
    { namespace: at.namespace, name: pod },
    { container, isPrevious, follow, ...since },
    signal,
  );
}

async function readOnce(cluster: Cluster, question: LogQuestion, signal: AbortSignal): Promise<LogAnswer> {
  const isNew = notTold(question.after);
  const lines: LogLine[] = [];
  let text = 0;
  for await (const line of open(cluster, question, signal)) {
    if (!isNew(line)) continue;
    lines.push(line);
    text += line.text.length;
    if (lines.length >= question.tail || text >= MOST_TEXT) break;
  }
  return { lines: toldLines(lines), after: placeAfter(lines, question.after), isEnded: question.isPrevious };
}

/** Reads logs, and keeps those open that are followed, each for the reader who asks on. */
export function createLogTails({ clusters, redactorOf }: LogTools) {
  const followed = new Map<string, Followed>();

  function letGo(reader: string): void {
    const found = followed.get(reader);
    followed.delete(reader);
    clearTimeout(found?.idle);
    found?.log.stop();
  }

  /** The log that a reader has open, if it is this one and is where they are. */
  function kept({ reader, at, pod, container, after }: LogQuestion): Followed | null {
    const found = followed.get(reader);
    if (!found) return null;
    const isSame = isDeepStrictEqual(found.question, { at, pod, container });
    if (isSame && isDeepStrictEqual(found.log.after, after)) return found;
    if (isSame) letGo(reader);
    return null;
  }

  async function follow(cluster: Cluster, question: LogQuestion, signal: AbortSignal): Promise<LogAnswer> {
    const { reader, at, pod, container } = question;
    let found = kept(question);
    if (!found) {
      if (followed.size >= MOST_FOLLOWED || followed.has(reader))
        throw new AppError('unavailable', 'Too many logs are followed just now. Try again in a moment.');
      const log = new FollowedLog((stop) => open(cluster, question, stop), question.after);
      found = { question: { at, pod, container }, log, idle: setTimeout(() => undefined, 0) };
      followed.set(reader, found);
    }
    clearTimeout(found.idle);
    try {
      const answer = await found.log.next(signal);
      if (answer.isEnded) letGo(reader);
      return answer;
    } catch (error) {
      letGo(reader);
      throw error;
    } finally {
      if (followed.get(reader) === found) found.idle = setTimeout(() => letGo(reader), IDLE_MS).unref();
    }
  }

  /** No line gets past a rule: one that cannot be applied shows nothing (security N7). */
  async function redacted(teamId: string, answer: LogAnswer): Promise<LogAnswer> {
    const redactor = await redactorOf(teamId);
    const plain = answer.lines.map(({ at, text }) => ({ at, text: stripVTControlCharacters(text) }));
    if (!redactor) return { ...answer, lines: plain };
    try {
      return { ...answer, lines: plain.map(({ at, text }) => ({ at, text: redactor.redact(text) })) };
    } catch {
      throw new AppError('conflict', 'A redaction rule of the team cannot be applied, so no log is shown.');
    }
  }

  return {
    /** Whether a reader has a log open here. */
    holds: (reader: string) => followed.has(reader),
    /** @throws AppError in words for whoever asked */
    async answer(question: LogQuestion, signal: AbortSignal): Promise<LogAnswer> {
      try {
        const cluster = await clusters.get(question.at.teamId, question.at.clusterId);
        if (!question.follow || !followed.has(question.reader)) await requirePod(cluster, question, signal);
        const ask = question.follow ? follow : readOnce;
        return await redacted(question.at.teamId, await ask(cluster, question, signal));
      } catch (error) {
        throw toldError(error);
      }
    },
    close(): void {
      for (const reader of [...followed.keys()]) letGo(reader);
    },
  };
}

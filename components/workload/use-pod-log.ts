'use client';

import { useEffect, useState } from 'react';
import { refusalWords } from '#components/live/refusal-words.ts';
import { paths } from '#lib/model/paths.ts';
import type { WorkloadLog, WorkloadLogLine } from '#lib/model/workload.ts';

/** Lines that a page keeps: older ones leave it. */
const MOST_LINES = 2000;
/** From one answer to the next question, milliseconds: lines come together, and the server is not asked without end. */
const PAUSE_MS = 600;
const AGAIN_MS = 3000;
const TIMEOUT_MS = 12_000;

export interface LogOf {
  agentId: string;
  pod: string;
  container: string;
  isPrevious: boolean;
}

/** A line with a number that stays its own. */
export interface NumberedLine extends WorkloadLogLine {
  number: number;
}

export interface ShownLog {
  lines: readonly NumberedLine[];
  state: 'reading' | 'following' | 'broken' | 'refused' | 'ended';
  /** Why it is broken or refused, in words. */
  says: string | null;
}

const NOTHING: ShownLog = { lines: [], state: 'reading', says: null };

function pause(ms: number, stop: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    stop.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

type Answer = { log: WorkloadLog } | { says: string; isFinal: boolean };

async function ask(of: LogOf, cursor: string | undefined, stop: AbortSignal): Promise<Answer> {
  const { agentId, pod, container, isPrevious } = of;
  const how = isPrevious ? { previous: 'true' } : { follow: 'true' };
  const url = paths.api.workloadLog(agentId, { pod, container, ...how, cursor });
  try {
    const signal = AbortSignal.any([stop, AbortSignal.timeout(TIMEOUT_MS)]);
    const response = await fetch(url, { signal, headers: { accept: 'application/json' } });
    if (response.ok) return { log: (await response.json()) as WorkloadLog };
    // Who is too busy, or cannot reach the cluster now, may answer later.
    return { says: await refusalWords(response), isFinal: response.status < 500 && response.status !== 429 };
  } catch {
    return { says: 'The server did not answer.', isFinal: false };
  }
}

function withLines({ lines }: ShownLog, { lines: more, isEnded }: WorkloadLog): ShownLog {
  const first = (lines.at(-1)?.number ?? 0) + 1;
  const numbered = more.map((line, index) => ({ ...line, number: first + index }));
  const kept = numbered.length === 0 ? lines : [...lines, ...numbered].slice(-MOST_LINES);
  return { lines: kept, state: isEnded ? 'ended' : 'following', says: null };
}

/** Reads on until it is stopped; after a break it goes on where it was. */
async function follow(of: LogOf, show: (change: (log: ShownLog) => ShownLog) => void, stop: AbortSignal) {
  let cursor: string | undefined;
  while (!stop.aborted) {
    const answer = await ask(of, cursor, stop);
    if (stop.aborted) return;
    if ('log' in answer) {
      cursor = answer.log.cursor;
      show((shown) => withLines(shown, answer.log));
      if (answer.log.isEnded) return;
    } else {
      show((shown) => ({ ...shown, state: answer.isFinal ? 'refused' : 'broken', says: answer.says }));
      if (answer.isFinal) return;
    }
    await pause('log' in answer ? PAUSE_MS : AGAIN_MS, stop);
  }
}

/** The log of a container: its last lines, and what it writes from then on. */
export function usePodLog({ agentId, pod, container, isPrevious }: LogOf): ShownLog {
  const [shown, setShown] = useState(NOTHING);
  useEffect(() => {
    const stop = new AbortController();
    setShown(NOTHING);
    void follow({ agentId, pod, container, isPrevious }, setShown, stop.signal);
    return () => stop.abort();
  }, [agentId, pod, container, isPrevious]);
  return shown;
}

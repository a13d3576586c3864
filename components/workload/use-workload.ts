'use client';

import { useCallback, useEffect, useState } from 'react';
import { refusalWords } from '#components/live/refusal-words.ts';
import { paths } from '#lib/model/paths.ts';
import type { WorkloadView } from '#lib/model/workload.ts';

const REFRESH_MS = 5000;
const TIMEOUT_MS = 12_000;

interface Shown {
  /** Null before the first answer. */
  view: WorkloadView | null;
  /** Why it could not be read the last time, in words. */
  failure: string | null;
}

async function readWorkload(agentId: string): Promise<WorkloadView | string> {
  try {
    const response = await fetch(paths.api.workload(agentId), {
      signal: AbortSignal.timeout(TIMEOUT_MS),
      headers: { accept: 'application/json' },
    });
    return response.ok ? ((await response.json()) as WorkloadView) : await refusalWords(response);
  } catch {
    return 'The server did not answer.';
  }
}

/** The workload of an agent, read again every 5 s while the page can be seen; what is shown stays when that fails. */
export function useWorkload(agentId: string): Shown & { refresh: () => Promise<void> } {
  const [shown, setShown] = useState<Shown>({ view: null, failure: null });
  const refresh = useCallback(async () => {
    const next = await readWorkload(agentId);
    setShown(({ view }) =>
      typeof next === 'string' ? { view, failure: next } : { view: next, failure: null },
    );
  }, [agentId]);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let gone = false;
    // The next question waits for the answer: a cluster that is slow is not asked more often for it.
    const again = async () => {
      if (document.visibilityState === 'visible') await refresh();
      if (!gone) timer = setTimeout(again, REFRESH_MS);
    };
    void again();
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, [refresh]);
  return { ...shown, refresh };
}

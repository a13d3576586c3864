'use client';

import { useEffect, useState } from 'react';
import { noteSignedOut } from '#components/live/refusal-words.ts';
import { paths } from '#lib/model/paths.ts';
import type { ReceiverReport } from '#lib/model/receiver.ts';
import { keepOrder } from './keep-order.ts';

/** The receiver writes its book every few seconds; asking more often would tell nothing new. */
const REFRESH_MS = 5000;
const TIMEOUT_MS = 10_000;

interface Shown {
  report: ReceiverReport;
  /** Since when it could not be read again, Unix milliseconds; null while it can. */
  failingSinceMs: number | null;
}

async function readReport(): Promise<ReceiverReport | null> {
  try {
    const response = await fetch(paths.api.receiver(), {
      signal: AbortSignal.timeout(TIMEOUT_MS),
      headers: { accept: 'application/json' },
    });
    noteSignedOut(response);
    return response.ok ? ((await response.json()) as ReceiverReport) : null;
  } catch {
    return null;
  }
}

/** The receiver's counters, read again every 5 s while the page can be seen; what is shown stays when that fails. */
export function useReceiverReport(initial: ReceiverReport): Shown {
  const [shown, setShown] = useState<Shown>({ report: initial, failingSinceMs: null });
  useEffect(() => {
    let gone = false;
    const refresh = async () => {
      const next = await readReport();
      if (gone) return;
      setShown(({ report, failingSinceMs }) =>
        next === null
          ? { report, failingSinceMs: failingSinceMs ?? Date.now() }
          : { report: { ...next, senders: keepOrder(report.senders, next.senders) }, failingSinceMs: null },
      );
    };
    const whenSeen = () => document.visibilityState === 'visible' && void refresh();
    const timer = setInterval(whenSeen, REFRESH_MS);
    document.addEventListener('visibilitychange', whenSeen);
    return () => {
      gone = true;
      clearInterval(timer);
      document.removeEventListener('visibilitychange', whenSeen);
    };
  }, []);
  return shown;
}

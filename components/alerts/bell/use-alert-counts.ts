'use client';

import { useEffect, useRef, useState } from 'react';
import { readAlertCounts } from '#components/alerts/inbox/ask.ts';
import { useTeamEvents } from '#components/live/hooks.ts';
import type { AlertCounts } from '#lib/model/alert-view.ts';

/** Between two readings, so that a storm of events asks every few seconds. */
const REST_MS = 2000;

/** How many alerts of the team are open; null until it is known. Read again after events and each minute. */
export function useAlertCounts(): AlertCounts | null {
  const [counts, setCounts] = useState<AlertCounts | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const refresh = useRef(() => {});
  useEffect(() => {
    let gone = false;
    const read = async () => {
      timer.current = undefined;
      const next = await readAlertCounts().catch(() => null);
      if (!gone && next !== null) setCounts(next);
    };
    refresh.current = () => {
      timer.current ??= setTimeout(() => void read(), REST_MS);
    };
    void read();
    const minute = setInterval(() => void read(), 60_000);
    const whenSeen = () => document.visibilityState === 'visible' && refresh.current();
    document.addEventListener('visibilitychange', whenSeen);
    return () => {
      gone = true;
      clearTimeout(timer.current);
      timer.current = undefined;
      clearInterval(minute);
      document.removeEventListener('visibilitychange', whenSeen);
    };
  }, []);
  useTeamEvents((event) => {
    if (event.type === 'alert.changed' || event.type === 'alerts.changed' || event.type === 'resync')
      refresh.current();
  });
  return counts;
}

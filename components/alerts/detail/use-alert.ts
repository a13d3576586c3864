'use client';

import { useCallback, useEffect, useRef, useState } from 'react';
import { RequestFailure, readAlert } from '#components/alerts/inbox/ask.ts';
import { useConnection, useTeamEvents } from '#components/live/hooks.ts';
import type { AlertDetail } from '#lib/model/alert-view.ts';

const DEAF_REFRESH_MS = 10_000;

/** One alert, kept true by events; of what was heard the highest version is shown (reliability F26). */
export function useAlert(initial: AlertDetail): {
  alert: AlertDetail;
  failure: RequestFailure | null;
  refresh: () => Promise<void>;
} {
  const [alert, setAlert] = useState(initial);
  const [failure, setFailure] = useState<RequestFailure | null>(null);
  const { state: connection } = useConnection();
  const running = useRef(false);
  const again = useRef(false);
  const { id } = initial;

  const refresh = useCallback(async () => {
    again.current = true;
    if (running.current) return;
    running.current = true;
    try {
      while (again.current) {
        again.current = false;
        const next = await readAlert(id);
        setAlert((before) => (next.version < before.version ? before : next));
        setFailure(null);
      }
    } catch (error) {
      setFailure(error instanceof RequestFailure ? error : new RequestFailure(String(error), null));
    } finally {
      running.current = false;
    }
  }, [id]);

  useTeamEvents((event) => {
    if (event.type === 'alert.changed') {
      if (event.alertId !== id) return;
      const { version, status, severity, title } = event;
      setAlert((before) =>
        before.version >= version ? before : { ...before, version, status, severity, title },
      );
      void refresh();
    } else if (event.type === 'alerts.changed' || event.type === 'resync') void refresh();
  });
  useEffect(() => {
    if (connection === 'live') {
      void refresh();
      return;
    }
    const timer = setInterval(
      () => document.visibilityState === 'visible' && void refresh(),
      DEAF_REFRESH_MS,
    );
    return () => clearInterval(timer);
  }, [connection, refresh]);
  return { alert, failure, refresh };
}

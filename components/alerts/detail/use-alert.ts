'use client';

import { useCallback } from 'react';
import { readAlert } from '#components/alerts/inbox/ask.ts';
import type { RequestFailure } from '#components/live/ask.ts';
import { useTeamEvents } from '#components/live/hooks.ts';
import { useFreshest } from '#components/live/use-freshest.ts';
import type { AlertDetail } from '#lib/model/alert-view.ts';

const newer = (before: AlertDetail, answer: AlertDetail) =>
  answer.version < before.version ? before : answer;

/** One alert, kept true by events; of what was heard the highest version is shown (reliability F26). */
export function useAlert(initial: AlertDetail): {
  alert: AlertDetail;
  failure: RequestFailure | null;
  refresh: () => Promise<void>;
} {
  const { id } = initial;
  const read = useCallback(() => readAlert(id), [id]);
  const { value: alert, failure, refresh, change } = useFreshest(initial, read, newer);
  useTeamEvents((event) => {
    if (event.type === 'alert.changed') {
      if (event.alertId !== id) return;
      const { version, status, severity, title } = event;
      change((before) =>
        before.version >= version ? before : { ...before, version, status, severity, title },
      );
      void refresh();
    } else if (event.type === 'alerts.changed' || event.type === 'resync') void refresh();
  });
  return { alert, failure, refresh };
}

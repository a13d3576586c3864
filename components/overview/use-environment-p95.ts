'use client';

import { useEffect, useState } from 'react';
import { fetchLastMinute } from '#components/charts/history.ts';

const REFRESH_MS = 10_000;

/** The p95 of an environment over its last minute, from the store every 10 s; null without one or before the first answer. */
export function useEnvironmentP95(environment: string): number | null {
  const [known, setKnown] = useState<{ environment: string; p95Ms: number | null } | null>(null);
  useEffect(() => {
    if (environment === '') return;
    let gone = false;
    const load = async () => {
      const p95Ms = await fetchLastMinute({ measure: 'latency_p95', environment }).catch(() => undefined);
      if (p95Ms !== undefined && !gone) setKnown({ environment, p95Ms });
    };
    void load();
    const timer = setInterval(() => document.visibilityState === 'visible' && load(), REFRESH_MS);
    return () => {
      gone = true;
      clearInterval(timer);
    };
  }, [environment]);
  return known?.environment === environment ? known.p95Ms : null;
}

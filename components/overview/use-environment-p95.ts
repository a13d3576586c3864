'use client';

import { useEffect, useState } from 'react';
import { fetchHistory } from '#components/charts/history.ts';

const STEP_MS = 10_000;
const MINUTE_MS = 60_000;
const ASKED_MS = 10 * MINUTE_MS;

/** The p95 of an environment over its last minute, from the store every 10 s; null without one or before the first answer. */
export function useEnvironmentP95(environment: string): number | null {
  const [known, setKnown] = useState<{ environment: string; p95Ms: number | null } | null>(null);
  useEffect(() => {
    if (environment === '') return;
    let gone = false;
    const load = async () => {
      const toMs = Math.floor(Date.now() / STEP_MS) * STEP_MS;
      const question = { measure: 'latency_p95', environment, pixels: ASKED_MS / MINUTE_MS } as const;
      const answer = await fetchHistory({ ...question, fromMs: toMs - ASKED_MS, toMs }).catch(() => null);
      if (answer && !gone)
        setKnown({
          environment,
          p95Ms: answer.lines[0]?.values.slice(-2).findLast((v) => v !== null) ?? null,
        });
    };
    void load();
    const timer = setInterval(() => document.visibilityState === 'visible' && load(), STEP_MS);
    return () => {
      gone = true;
      clearInterval(timer);
    };
  }, [environment]);
  return known?.environment === environment ? known.p95Ms : null;
}

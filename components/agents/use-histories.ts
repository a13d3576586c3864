'use client';

import { useEffect, useState } from 'react';
import { fetchHistory } from '#components/charts/history.ts';

type Histories = ReadonlyMap<string, readonly (number | null)[]>;

const HOUR_MS = 3_600_000;
const REFRESH_MS = 120_000;
const NONE: Histories = new Map();

/** Requests of the busiest hundred agents (of an environment) over the last hour, by agent id, for the lines in the list. */
export function useRequestHistories(environment: string): Histories {
  const [histories, setHistories] = useState(NONE);
  useEffect(() => {
    let gone = false;
    const load = async () => {
      const toMs = Math.floor(Date.now() / 60_000) * 60_000;
      const scope = environment === '' ? null : { environment };
      const question = { measure: 'requests', groupBy: 'agent', top: 100, pixels: 60, ...scope } as const;
      const answer = await fetchHistory({ ...question, fromMs: toMs - HOUR_MS, toMs }).catch(() => null);
      if (answer && !gone) setHistories(new Map(answer.lines.map((line) => [line.key, line.values])));
    };
    void load();
    const timer = setInterval(load, REFRESH_MS);
    return () => {
      gone = true;
      clearInterval(timer);
    };
  }, [environment]);
  return histories;
}

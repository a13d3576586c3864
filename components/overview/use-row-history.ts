'use client';

import { useEffect, useState } from 'react';
import { fetchHistory } from '#components/charts/history.ts';
import { lineOf } from '#components/charts/panel-store.ts';
import { MEASURES } from '#components/charts/prepare/measures.ts';
import type { LiveMeasure } from '#lib/model/live.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const REFRESH_MS = 120_000;
const PIXELS = 60;

export interface RowHistory {
  /** The last hour in windows of a minute. */
  values: readonly (number | null)[];
  /** The measure over the last hour at once, silence counted, and over the same hour yesterday. */
  now: number | null;
  before: number | null;
}

async function loadOne(measure: LiveMeasure, environment: string, nowMs: number): Promise<RowHistory> {
  const { unit } = MEASURES[measure];
  const hour = (endMs: number) =>
    fetchHistory({
      measure,
      fromMs: endMs - HOUR_MS,
      toMs: endMs,
      pixels: PIXELS,
      ...(environment !== '' && { environment }),
    });
  const [today, yesterday] = await Promise.all([hour(nowMs), hour(nowMs - DAY_MS)]);
  return {
    values: lineOf(today, unit).values,
    now: today.lines[0]?.overall ?? null,
    before: yesterday.lines[0]?.overall ?? null,
  };
}

/** The last hour of some measures and the same hour yesterday, of the team or one environment; read again every two minutes. */
export function useRowHistory<M extends LiveMeasure>(
  measures: readonly M[],
  environment: string,
): Partial<Record<M, RowHistory>> {
  const [histories, setHistories] = useState<Partial<Record<M, RowHistory>>>({});
  useEffect(() => {
    let gone = false;
    const load = async () => {
      const nowMs = Math.floor(Date.now() / 60_000) * 60_000;
      const answers = await Promise.allSettled(
        measures.map((measure) => loadOne(measure, environment, nowMs)),
      );
      if (gone) return;
      const next: Partial<Record<M, RowHistory>> = {};
      answers.forEach((answer, i) => {
        const measure = measures[i];
        if (answer.status === 'fulfilled' && measure) next[measure] = answer.value;
      });
      setHistories(next);
    };
    setHistories({});
    void load();
    const timer = setInterval(load, REFRESH_MS);
    return () => {
      gone = true;
      clearInterval(timer);
    };
  }, [measures, environment]);
  return histories;
}

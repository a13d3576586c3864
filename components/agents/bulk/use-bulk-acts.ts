'use client';

import { useRouter } from 'next/navigation';
import { useCallback, useState } from 'react';
import { toast } from '#components/ui/toast.tsx';
import type { AgentActionSet } from '../agent-actions.tsx';
import type { FleetAgent } from '../fleet.ts';
import { type BulkAct, type BulkResult, summaryOf } from './bulk-acts.ts';

/** An act under way, or with agents it failed for. */
export interface BulkRun {
  act: BulkAct;
  total: number;
  results: readonly BulkResult[];
}

/** Acts on agents one after the other; the answers of a run stay until they were read where one failed. */
export function useBulkActs(actions: AgentActionSet, onDone: () => void) {
  const router = useRouter();
  const [running, setRunning] = useState<BulkRun | null>(null);
  const [failed, setFailed] = useState<BulkRun | null>(null);

  const run = useCallback(
    async (act: BulkAct, agents: readonly FleetAgent[]) => {
      const results: BulkResult[] = [];
      const state = () => ({ act, total: agents.length, results: [...results] });
      for (const { id, name } of agents) {
        setRunning(state());
        const answer = await actions[act]({ id }).catch(() => null);
        const failure = answer === null ? 'No connection to the server.' : !answer.ok && answer.error.message;
        results.push({ id, name, failure: failure || null });
      }
      setRunning(null);
      if (results.some(({ failure }) => failure !== null)) setFailed(state());
      else toast({ tone: 'ok', text: `${summaryOf(act, results)}.` });
      onDone();
      router.refresh();
    },
    [actions, onDone, router],
  );
  return { running, failed, run, forget: () => setFailed(null) };
}

'use client';

import { useState, useTransition } from 'react';
import type { BoundAction, ShownFailure } from '#components/ui/bound-action.ts';
import { toast } from '#components/ui/toast.tsx';
import type { WorkloadChanged } from '#lib/model/workload.ts';

interface OfAgent {
  agentId: string;
}
type Act<I extends OfAgent> = BoundAction<I, WorkloadChanged>;

export interface WorkloadActs {
  restart: Act<OfAgent>;
  scale: Act<OfAgent & { replicas: number }>;
  pause: Act<OfAgent>;
  resume: Act<OfAgent>;
  setAutoscaler: Act<
    OfAgent & {
      autoscaler: string;
      minReplicas: number;
      maxReplicas: number;
      targets: { metric: string; target: string }[];
    }
  >;
}

/** Runs an act, says what came of it, and has the workload read again: done or not, it may look different now. */
export function useAct<I>(act: BoundAction<I, WorkloadChanged>, onDone: () => void) {
  const [failure, setFailure] = useState<ShownFailure | null>(null);
  const [pending, startTransition] = useTransition();
  const run = (input: I) =>
    startTransition(async () => {
      const answer = await act(input);
      setFailure(answer.ok ? null : answer.error);
      if (!answer.ok) return;
      toast({ tone: answer.data.isCertain ? 'ok' : 'warning', text: answer.data.says });
      onDone();
    });
  return { run, pending, failure };
}

'use client';

import { useCallback, useEffect, useRef, useState } from 'react';
import type { BoundAction, ShownFailure } from '#components/ui/bound-action.ts';
import type { DeploymentPreview } from '#lib/model/deployment-plan.ts';
import type { PlanInput } from './plan-draft.ts';

/** What is known of what a plan would change. `plan` is what it was asked for, as text. */
export type PreviewState =
  | { kind: 'none' }
  | { kind: 'asking' }
  | { kind: 'refused'; failure: ShownFailure }
  | { kind: 'unanswered' }
  | { kind: 'answered'; plan: string; preview: DeploymentPreview };

const POLL_MS = 500;
/** A worker answers within 5 s of taking it up; after these there is none that does. */
const PATIENCE_MS = 20_000;

const NO_CONNECTION: ShownFailure = {
  ...{ code: 'unavailable', message: 'There is no connection. What you typed is kept: try again.' },
  issues: [],
};

export interface PreviewActions {
  preview: BoundAction<PlanInput, DeploymentPreview>;
  read: BoundAction<{ id: string }, DeploymentPreview>;
}

/** Asks a worker what a plan would change, and again until it has answered; an older question is dropped. */
export function usePlanPreview({ preview, read }: PreviewActions) {
  const [state, setState] = useState<PreviewState>({ kind: 'none' });
  const asked = useRef(0);
  // Nobody is told any more once the page is left.
  useEffect(
    () => () => {
      asked.current++;
    },
    [],
  );

  const ask = useCallback(
    async (plan: PlanInput) => {
      const turn = ++asked.current;
      const isOver = () => asked.current !== turn;
      setState({ kind: 'asking' });
      const until = performance.now() + PATIENCE_MS;
      try {
        let answer = await preview(plan);
        while (answer.ok && answer.data.status === 'waiting' && performance.now() < until && !isOver()) {
          await new Promise((resolve) => setTimeout(resolve, POLL_MS));
          answer = await read({ id: answer.data.id });
        }
        if (isOver()) return;
        if (!answer.ok) setState({ kind: 'refused', failure: answer.error });
        else if (answer.data.status === 'waiting') setState({ kind: 'unanswered' });
        else setState({ kind: 'answered', plan: JSON.stringify(plan), preview: answer.data });
      } catch {
        if (!isOver()) setState({ kind: 'refused', failure: NO_CONNECTION });
      }
    },
    [preview, read],
  );
  return { state, ask };
}

'use client';

import { useRouter } from 'next/navigation';
import { useState, useTransition } from 'react';
import type { BoundAction, ShownFailure } from './bound-action.ts';

/** Runs an action, keeps what went wrong in words, and shows the page anew when it was done. */
export function useSave<I, R>(action: BoundAction<I, R>, onDone?: (result: R) => void) {
  const router = useRouter();
  const [failure, setFailure] = useState<ShownFailure | null>(null);
  const [pending, startTransition] = useTransition();
  const save = (input: I) =>
    startTransition(async () => {
      const answer = await action(input);
      setFailure(answer.ok ? null : answer.error);
      if (!answer.ok) return;
      onDone?.(answer.data);
      router.refresh();
    });
  return { save, pending, failure };
}

'use client';

import { useRouter } from 'next/navigation';
import { useUrlState } from '#components/shell/use-url-state.ts';
import type { BoundAction } from '#components/ui/bound-action.ts';
import { toast } from '#components/ui/toast.tsx';
import type { SavedView } from '#lib/model/agent-view.ts';
import { applyView } from './view-query.ts';

/** What can be done with a kept view. */
export function useViews(removeView: BoundAction<{ id: string }, { id: string }>): {
  open: (view: SavedView) => void;
  remove: (view: SavedView) => Promise<void>;
} {
  const router = useRouter();
  const [, write] = useUrlState();
  return {
    open: (view) => write((search) => applyView(search, view.query)),
    remove: async (view) => {
      const answer = await removeView({ id: view.id });
      if (!answer.ok) return toast({ tone: 'critical', text: answer.error.message });
      toast({ tone: 'ok', text: `Deleted the view ${view.name}. The list stays as it is.` });
      router.refresh();
    },
  };
}

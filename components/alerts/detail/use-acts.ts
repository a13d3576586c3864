'use client';

import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { type ActAnswer, type AlertAct, actOn } from '#components/alerts/inbox/ask.ts';
import { RequestFailure } from '#components/live/ask.ts';
import { toast } from '#components/ui/toast.tsx';
import { paths, withQuery } from '#lib/model/paths.ts';

/** Does one thing to an alert and says what became of it; the answer, or null when it did not work. */
export function useActs(
  alertId: string,
  done: () => Promise<void>,
): { pending: AlertAct['act'] | null; act: (wish: AlertAct, said?: string) => Promise<ActAnswer | null> } {
  const [pending, setPending] = useState<AlertAct['act'] | null>(null);
  const router = useRouter();
  const act = async (wish: AlertAct, said?: string) => {
    setPending(wish.act);
    try {
      const answer = await actOn(alertId, wish);
      if (said) toast({ tone: 'ok', text: said });
      await done();
      return answer;
    } catch (error) {
      if (!(error instanceof RequestFailure)) throw error;
      if (error.status === 401) router.push(withQuery(paths.signIn(), { callbackUrl: paths.alert(alertId) }));
      else toast({ tone: 'critical', text: `${error.message} Nothing was changed.` });
      return null;
    } finally {
      setPending(null);
    }
  };
  return { pending, act };
}

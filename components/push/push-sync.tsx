'use client';

import { useRouter } from 'next/navigation';
import { useEffect } from 'react';
import { toast } from '#components/ui/toast.tsx';
import { cutText } from '#lib/model/cut-text.ts';
import { formatPlural } from '#lib/model/format.ts';
import { usePersonId } from './person.tsx';
import { syncPush } from './subscription.ts';
import type { KeptAcknowledgement } from './tap.ts';
import { dropOldTaps, rememberPerson } from './tap-store.ts';

/** The address that the worker wants shown, from a notification that was tapped. */
function addressOf(data: unknown): string | null {
  if (typeof data !== 'object' || data === null || !('type' in data) || data.type !== 'open') return null;
  return 'path' in data && typeof data.path === 'string' && data.path.startsWith('/') ? data.path : null;
}

/** Has the worker send acknowledgements that wait, whichever page is open (alerting S100). */
function replayKept(): void {
  void navigator.serviceWorker?.ready.then(({ active }) => active?.postMessage({ type: 'replay' }));
}

/** Says which taps of a person never reached the server (alerting S100). */
function tellGivenUp(taps: readonly KeptAcknowledgement[]): void {
  const [first, ...rest] = taps;
  if (!first) return;
  const more = rest.length > 0 ? ` and ${formatPlural(rest.length, 'other')}` : '';
  const text = `Not acknowledged: your tap on ${cutText(first.title || 'an alert', 80)}${more} could not be sent for a day and was given up.`;
  toast({ tone: 'critical', text });
}

/** Makes the taps of a person the ones that this browser shows and sends. */
async function takeOver(personId: string): Promise<void> {
  await rememberPerson(personId);
  tellGivenUp(await dropOldTaps(personId));
  replayKept();
}

/** Registers the worker and keeps the subscription of this browser known; once in the shell. */
export function PushSync() {
  const router = useRouter();
  const personId = usePersonId();
  useEffect(() => {
    // Pushes are an extra of this page: without them it works, and the next load tries again.
    syncPush().catch(() => {});
    const onMessage = (event: MessageEvent) => {
      const path = addressOf(event.data);
      if (path !== null) router.push(path);
    };
    void takeOver(personId);
    window.addEventListener('online', replayKept);
    navigator.serviceWorker?.addEventListener('message', onMessage);
    return () => {
      window.removeEventListener('online', replayKept);
      navigator.serviceWorker?.removeEventListener('message', onMessage);
    };
  }, [router, personId]);
  return null;
}

'use client';

import { useRouter } from 'next/navigation';
import { useEffect } from 'react';
import { syncPush } from './subscription.ts';

/** The address that the worker wants shown, from a notification that was tapped. */
function addressOf(data: unknown): string | null {
  if (typeof data !== 'object' || data === null || !('type' in data) || data.type !== 'open') return null;
  return 'path' in data && typeof data.path === 'string' && data.path.startsWith('/') ? data.path : null;
}

/** Has the worker send acknowledgements that wait, whichever page is open (alerting S100). */
function replayKept(): void {
  void navigator.serviceWorker?.ready.then(({ active }) => active?.postMessage({ type: 'replay' }));
}

/** Registers the worker and keeps the subscription of this browser known; once in the shell. */
export function PushSync() {
  const router = useRouter();
  useEffect(() => {
    // Pushes are an extra of this page: without them it works, and the next load tries again.
    syncPush().catch(() => {});
    const onMessage = (event: MessageEvent) => {
      const path = addressOf(event.data);
      if (path !== null) router.push(path);
    };
    replayKept();
    window.addEventListener('online', replayKept);
    navigator.serviceWorker?.addEventListener('message', onMessage);
    return () => {
      window.removeEventListener('online', replayKept);
      navigator.serviceWorker?.removeEventListener('message', onMessage);
    };
  }, [router]);
  return null;
}

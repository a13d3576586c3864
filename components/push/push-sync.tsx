'use client';

import { useRouter } from 'next/navigation';
import { useEffect } from 'react';
import { syncPush } from './subscription.ts';

/** The address that the worker wants shown, from a notification that was tapped. */
function addressOf(data: unknown): string | null {
  if (typeof data !== 'object' || data === null || !('type' in data) || data.type !== 'open') return null;
  return 'path' in data && typeof data.path === 'string' && data.path.startsWith('/') ? data.path : null;
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
    navigator.serviceWorker?.addEventListener('message', onMessage);
    return () => navigator.serviceWorker?.removeEventListener('message', onMessage);
  }, [router]);
  return null;
}

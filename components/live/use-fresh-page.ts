'use client';

import { useRouter } from 'next/navigation';
import { useEffect } from 'react';

const REFRESH_MS = 30_000;

/**
 * Has the server render the page anew every 30 s while it can be seen, and as soon as it is seen again: for what others
 * change and no event tells of. What is typed and which dialogs are open stays.
 */
export function useFreshPage(): void {
  const router = useRouter();
  useEffect(() => {
    const whenSeen = () => document.visibilityState === 'visible' && router.refresh();
    const timer = setInterval(whenSeen, REFRESH_MS);
    document.addEventListener('visibilitychange', whenSeen);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', whenSeen);
    };
  }, [router]);
}

'use client';

import { useRouter } from 'next/navigation';
import { useEffect } from 'react';

const INTERVAL_MS = 1000;
/** Something that waits long is tried at pauses of minutes: then the page is read again more seldom. */
const QUICK_READS = 20;
const SLOW_FACTOR = 10;

/** Reads the page again while a message on it is under way; shows nothing. */
export function Follow({ active }: { active: boolean }) {
  const router = useRouter();
  useEffect(() => {
    if (!active) return;
    let reads = 0;
    const timer = setInterval(() => {
      reads += 1;
      const isDue = reads <= QUICK_READS || reads % SLOW_FACTOR === 0;
      if (isDue && document.visibilityState === 'visible') router.refresh();
    }, INTERVAL_MS);
    return () => clearInterval(timer);
  }, [active, router]);
  return null;
}

'use client';

import { useEffect } from 'react';
import { useConnection } from './hooks.ts';
import { signInAddress } from './sign-in-address.ts';

/**
 * Replaces the page by the sign-in page once the session has ended: what it shows is for nobody in sight of it any more
 * (security A4). The browser itself goes there, so that nothing of the page stays in memory; Back leads past it.
 */
export function LeaveWhenSignedOut() {
  const { state } = useConnection();
  useEffect(() => {
    if (state === 'signed-out') window.location.replace(signInAddress());
  }, [state]);
  return null;
}

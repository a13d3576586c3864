'use client';

import { notFound } from 'next/navigation';

/**
 * Makes the answer to an address of nothing a 404. It has to be known before the first byte: below a `loading.tsx`
 * the skeleton and its 200 have left when a page says "not found". Stands outside all of them and speaks only on
 * the server; in the browser the page says it in its own place.
 */
export function NotFoundStatus(): null {
  if (typeof window === 'undefined') notFound();
  return null;
}

'use client';

import { useSearchParams } from 'next/navigation';
import { useCallback } from 'react';

type Write = (change: (search: URLSearchParams) => void, mode?: 'push' | 'replace') => void;

/**
 * The search parameters of the page and how to change them without a trip to the server: what a page
 * filters or zooms on its own stays on its own, and still has a link.
 */
export function useUrlState(): [Readonly<URLSearchParams>, Write] {
  const params = useSearchParams();
  const write = useCallback<Write>((change, mode = 'push') => {
    const search = new URLSearchParams(window.location.search);
    change(search);
    const text = search.toString();
    const url = text === '' ? window.location.pathname : `${window.location.pathname}?${text}`;
    if (mode === 'push') window.history.pushState(null, '', url);
    else window.history.replaceState(null, '', url);
  }, []);
  return [params, write];
}

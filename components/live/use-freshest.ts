'use client';

import { type Dispatch, type SetStateAction, useCallback, useEffect, useRef, useState } from 'react';
import { RequestFailure } from './ask.ts';
import { useConnection } from './hooks.ts';

/** While events can't be heard what is shown is read this often, milliseconds. */
const DEAF_REFRESH_MS = 10_000;

interface Freshest<T> {
  value: T;
  /** Why it could not be read again; what is shown stays. */
  failure: RequestFailure | null;
  /** Reads again: at once, and once more after a reading that is on its way. */
  refresh: () => Promise<void>;
  /** Takes what an event said, before it can be read. */
  change: Dispatch<SetStateAction<T>>;
}

/**
 * Something that the server rendered and that is kept true afterwards: who hears of a change calls `refresh`. It is
 * also read when the connection comes back, since nothing tells what happened meanwhile, and from time to time while
 * there is none.
 *
 * @param read asked anew when it is another function
 * @param newer what is shown of what stood here and what was read: an answer may come late (reliability F26)
 * @param restMs after one reading the next waits this long, so that a storm of events does not ask without end
 */
export function useFreshest<T>(
  initial: T,
  read: () => Promise<T>,
  newer: (before: T, answer: T) => T,
  restMs = 0,
): Freshest<T> {
  const [value, change] = useState(initial);
  const [failure, setFailure] = useState<RequestFailure | null>(null);
  const { state: connection } = useConnection();
  const latest = useRef(read);
  const compare = useRef(newer);
  const running = useRef(false);
  const again = useRef(false);
  useEffect(() => {
    compare.current = newer;
  });

  const refresh = useCallback(async () => {
    again.current = true;
    if (running.current) return;
    running.current = true;
    try {
      while (again.current) {
        again.current = false;
        const answer = await latest.current();
        change((before) => compare.current(before, answer));
        setFailure(null);
        if (restMs > 0) await new Promise((resolve) => setTimeout(resolve, restMs));
      }
    } catch (error) {
      setFailure(error instanceof RequestFailure ? error : new RequestFailure(String(error), null));
    } finally {
      running.current = false;
    }
  }, [restMs]);

  useEffect(() => {
    if (latest.current === read) return;
    latest.current = read;
    void refresh();
  }, [read, refresh]);
  useEffect(() => {
    if (connection === 'live') {
      void refresh();
      return;
    }
    const timer = setInterval(
      () => document.visibilityState === 'visible' && void refresh(),
      DEAF_REFRESH_MS,
    );
    return () => clearInterval(timer);
  }, [connection, refresh]);
  return { value, failure, refresh, change };
}

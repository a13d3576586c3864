'use client';

import { useEffect, useState, useSyncExternalStore } from 'react';
import { useConnection, useTeamEvents } from '#components/live/hooks.ts';
import { type InboxFilter, listQuery } from './inbox-filter.ts';
import { type InboxStart, type InboxState, InboxStore } from './inbox-store.ts';

/** While events can't be heard the inbox is read this often. */
const DEAF_REFRESH_MS = 10_000;

/** The alerts that a filter shows: read once by the server, then kept true by events. */
export function useInbox(filter: InboxFilter, start: InboxStart): { store: InboxStore; state: InboxState } {
  const [store] = useState(() => new InboxStore(listQuery(filter), [filter.status], start));
  const state = useSyncExternalStore(store.subscribe, store.state, store.state);
  const { state: connection } = useConnection();
  useTeamEvents((event) => store.hear(event));
  useEffect(() => store.show(listQuery(filter), [filter.status]), [store, filter]);
  useEffect(() => {
    // Once it is live again nothing tells what happened before: one look does.
    store.refresh();
    if (connection === 'live') return;
    const timer = setInterval(
      () => document.visibilityState === 'visible' && store.refresh(),
      DEAF_REFRESH_MS,
    );
    return () => clearInterval(timer);
  }, [store, connection]);
  useEffect(() => {
    const whenSeen = () => document.visibilityState === 'visible' && store.refresh();
    document.addEventListener('visibilitychange', whenSeen);
    return () => document.removeEventListener('visibilitychange', whenSeen);
  }, [store]);
  return { store, state };
}

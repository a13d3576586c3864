'use client';

import { createContext, type ReactNode, useContext, useSyncExternalStore } from 'react';

const TimeZone = createContext<string | null>(null);

/** Tells all times below in which zone to show themselves; null: in the browser's own. */
export function TimeZoneProvider({ zone, children }: { zone: string | null; children: ReactNode }) {
  return <TimeZone value={zone}>{children}</TimeZone>;
}

export function browserZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** The zone that times are shown in once the page runs in a browser: the one that the person chose, else its own. */
export function useShownZone(): string {
  return useTimeZone() ?? browserZone();
}

/** The zone that the person chose, an IANA name; null where they chose none. */
export function useTimeZone(): string | null {
  return useContext(TimeZone);
}

const never = () => () => undefined;

/** The zone that times are shown in; null where that is the browser's and the page does not run there yet. */
export function useKnownZone(): string | null {
  const chosen = useTimeZone();
  return useSyncExternalStore(
    never,
    () => chosen ?? browserZone(),
    () => chosen,
  );
}

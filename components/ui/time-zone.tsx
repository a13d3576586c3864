'use client';

import { createContext, type ReactNode, useContext } from 'react';

const TimeZone = createContext<string | null>(null);

/** Tells all times below in which zone to show themselves; null: in the browser's own. */
export function TimeZoneProvider({ zone, children }: { zone: string | null; children: ReactNode }) {
  return <TimeZone value={zone}>{children}</TimeZone>;
}

/** The zone that the person chose, an IANA name; null where they chose none. */
export function useTimeZone(): string | null {
  return useContext(TimeZone);
}

'use client';

import { createContext, type ReactNode, useContext } from 'react';

const Person = createContext('');

/** Says who is signed in, so that taps which wait are known as theirs (alerting S100). */
export function PersonProvider({ id, children }: { id: string; children: ReactNode }) {
  return <Person value={id}>{children}</Person>;
}

/** Who is signed in; nobody outside the console. */
export const usePersonId = (): string => useContext(Person);

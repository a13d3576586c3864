import type { Person } from '#lib/model/on-call-view.ts';

/** Of a role, why whoever is told of an alert by it can do nothing about it. */
export const unableWords = (role: string): string =>
  `may not acknowledge: role ${role.slice(0, 1).toUpperCase()}${role.slice(1)}`;

/** The same of a person; null where they may, or are not in the team and are said to have left. */
export const unableReason = ({ isPresent, mayAcknowledge, role }: Person): string | null =>
  isPresent && !mayAcknowledge ? unableWords(role) : null;

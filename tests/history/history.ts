/**
 * The history checker: real processes, a random schedule of firing, ending, acknowledging and kill -9, real
 * receivers that keep every message, and afterwards the question whether what they were told is what happened.
 *
 * This file says what a history is.
 */

/** One stretch of firing as the driver caused it. Every time is when the product's answer came, Unix milliseconds. */
export interface Caused {
  /** The alert name: one an actor. */
  key: string;
  firedAtMs: number;
  endedAtMs: number | null;
}

/** An alert as it stands in the database at the end. */
export interface StoredAlert {
  alertId: string;
  key: string;
  status: 'active' | 'acknowledged' | 'resolved';
}

/** One request that a receiver got. */
export interface Message {
  /** `channel` is told of groups, firing and resolved; `pager` gets the pages of escalations. */
  receiver: 'channel' | 'pager';
  /** What receivers deduplicate by: the same on every attempt. */
  id: string;
  firing: readonly string[];
  resolved: readonly string[];
  atMs: number;
}

export interface History {
  /** By key in the order of time. */
  caused: readonly Caused[];
  /** By key in the order of time. */
  stored: readonly StoredAlert[];
  acknowledged: readonly { alertId: string; atMs: number }[];
  messages: readonly Message[];
  kills: readonly { process: string; atMs: number }[];
  /** Until when receivers were listened to. */
  watchedUntilMs: number;
}

export interface Bounds {
  /** What lasts longer than this must be told: a lease, a restart and a group's interval. */
  toldWithinMs: number;
  /** A page may still arrive this long after the answer to an acknowledgement. */
  cycleMs: number;
  /** Steps of the escalation policy lie at least this far apart. */
  stepMs: number;
}

export type ViolationKind = 'lost' | 'doubled' | 'order' | 'late_page' | 'state';
export interface Violation {
  kind: ViolationKind;
  text: string;
}

export interface Verdict {
  violations: Violation[];
  transitions: number;
  told: number;
  pages: number;
  duplicates: number;
  kills: number;
}

/** A tap that the server has not confirmed. */
export interface KeptAcknowledgement {
  alertId: string;
  /** Who tapped; it is shown to them and sent as theirs only. */
  personId: string;
  /** Where it was tapped. */
  via: 'web' | 'push';
  title: string;
  /** Unix milliseconds. */
  at: number;
}

const HOUR_MS = 3_600_000;
/** A tap that waited longer says nothing of what its person would do now: it is given up. public/sw.js holds the same. */
export const SENT_WITHIN_MS = 24 * HOUR_MS;
/** For so long a tap that was given up waits for its person to be told of it. */
export const TOLD_WITHIN_MS = 30 * 24 * HOUR_MS;

/** What a browser keeps, as one of those who use it sees it; taps of others that are neither stay as they are. */
export interface SortedTaps {
  /** Theirs that are to be sent. */
  waiting: KeptAcknowledgement[];
  /** Theirs that came too late: they are to be told. */
  givenUp: KeptAcknowledgement[];
  /** Anybody's that nobody came back for. */
  forgotten: KeptAcknowledgement[];
}

/** Tells taps apart by whose they are and how long they have waited (alerting S100). */
export function sortTaps(taps: readonly KeptAcknowledgement[], personId: string, nowMs: number): SortedTaps {
  const own = taps.filter((tap) => tap.personId === personId);
  const ageOf = ({ at }: KeptAcknowledgement) => nowMs - at;
  return {
    waiting: own.filter((tap) => ageOf(tap) <= SENT_WITHIN_MS),
    givenUp: own.filter((tap) => ageOf(tap) > SENT_WITHIN_MS),
    forgotten: taps.filter((tap) => tap.personId !== personId && ageOf(tap) > TOLD_WITHIN_MS),
  };
}

import { z } from 'zod';

/** The last moment of the year 9999: later ones have no text that the database reads. */
export const LAST_MS = 253_402_300_799_999;

/** A moment in Unix milliseconds as it comes in, number or text. */
export const momentMs = z.coerce.number().int().min(0).max(LAST_MS);

/** The same where it comes as a number only. */
export const instantMs = z.int().min(0).max(LAST_MS);

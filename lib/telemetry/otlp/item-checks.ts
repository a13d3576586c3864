import type { DecodeOptions } from './raw.ts';
import { ItemRefused } from './refusals.ts';

const ID = { trace: /^(?!0+$)[0-9a-f]{32}$/, span: /^(?!0+$)[0-9a-f]{16}$/ };

/** A trace or span id in lower-case hex. @throws ItemRefused when its length is wrong or it is all zero */
export function checkedId(kind: 'trace' | 'span', hex: string): string {
  if (!ID[kind].test(hex)) {
    throw new ItemRefused(
      'malformed',
      `A ${kind} id is not ${kind === 'trace' ? 16 : 8} bytes or is all zero`,
    );
  }
  return hex;
}

/** The same for an id that may be missing; a broken one counts as missing. */
export function optionalId(kind: 'trace' | 'span', hex: string): string | null {
  return ID[kind].test(hex) ? hex : null;
}

/** True for a time within what is accepted. */
export function isAccepted(timeMs: number, options: DecodeOptions): boolean {
  return timeMs >= options.nowMs - options.maxAgeMs && timeMs <= options.nowMs + options.maxFutureMs;
}

/** @throws ItemRefused when a time lies outside what is accepted */
function checkTime(timeMs: number, options: DecodeOptions): void {
  if (timeMs < options.nowMs - options.maxAgeMs) {
    throw new ItemRefused('too_old', `A time (${inWords(timeMs)}) is too far in the past`);
  }
  if (timeMs > options.nowMs + options.maxFutureMs) {
    throw new ItemRefused('in_the_future', `A time (${inWords(timeMs)}) is in the future`);
  }
}

/** {@link checkTime} for Unix nanoseconds of any size. */
export function checkNanos(timeNs: bigint, options: DecodeOptions): void {
  checkTime(Number(timeNs) / 1e6, options);
}

function inWords(timeMs: number): string {
  const date = new Date(timeMs);
  return Number.isNaN(date.getTime()) ? `${timeMs} ms` : date.toISOString();
}

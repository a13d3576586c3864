import { AppError } from '#lib/kernel/errors.ts';

/** The run that a page ended with: the next one begins below it. */
export interface RunCursor {
  /** Unix nanoseconds, as digits. */
  endNs: string;
  /** Hex. */
  spanId: string;
}

const FORM = /^(\d{1,19})\.([0-9a-f]{16})$/;
/** Above it PostgreSQL has no bigint. */
const LAST_NS = 2n ** 63n - 1n;

export function encodeCursor({ endNs, spanId }: RunCursor): string {
  return Buffer.from(`${endNs}.${spanId}`).toString('base64url');
}

/** @throws AppError `invalid` when the text is no cursor */
export function decodeCursor(text: string): RunCursor {
  const match = FORM.exec(Buffer.from(text, 'base64url').toString('latin1'));
  if (!match?.[1] || !match[2] || BigInt(match[1]) > LAST_NS) {
    const message = 'This is not a cursor of a list of runs';
    throw new AppError('invalid', message, { issues: [{ path: 'cursor', message }] });
  }
  return { endNs: match[1], spanId: match[2] };
}

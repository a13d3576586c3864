/** Marks a value of which the end was cut off. */
export const TRUNCATION_MARK = '…[truncated]';

/**
 * Text that PostgreSQL and JSON can hold: without NUL characters and with lone surrogates replaced by
 * U+FFFD.
 */
export function storableText(text: string): string {
  const clean = text.includes('\0') ? text.replaceAll('\0', '') : text;
  return clean.isWellFormed() ? clean : clean.toWellFormed();
}

/** Cuts text to about `maxBytes` bytes of UTF-8, at a character, and marks it when it was cut. */
export function truncatedText(text: string, maxBytes: number): string {
  if (text.length * 3 <= maxBytes || Buffer.byteLength(text) <= maxBytes) return text;
  return cutBytes(Buffer.from(text), 0, maxBytes);
}

/** Reads at most `maxBytes` of UTF-8 from `start`, without half a character at the end, and adds the mark. */
export function cutBytes(bytes: Buffer, start: number, maxBytes: number): string {
  let end = start + maxBytes;
  while (end > start && ((bytes[end] ?? 0) & 0xc0) === 0x80) end--;
  return storableText(bytes.toString('utf8', start, end)) + TRUNCATION_MARK;
}

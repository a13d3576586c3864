/** Marks a value of which the end was cut off. */
const TRUNCATION_MARK = '…[truncated]';

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

const SLOTS = 1024;
const LONGEST_CACHED = 40;
const cached: (string | undefined)[] = new Array(SLOTS);

/**
 * The text in `bytes` from `start` to `end`. Short ASCII texts (models, providers, names of agents) repeat,
 * so they come from a bounded cache, compared character by character; a hit allocates nothing.
 */
export function decodeText(bytes: Buffer, start: number, end: number): string {
  const length = end - start;
  if (length > LONGEST_CACHED) return withoutNul(bytes.toString('utf8', start, end));
  let hash = length;
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ (bytes[i] ?? 0), 16777619);
  const index = (hash ^ (hash >>> 15)) & (SLOTS - 1);
  const known = cached[index];
  if (known !== undefined && isText(known, bytes, start, length)) return known;
  const text = withoutNul(bytes.toString('utf8', start, end));
  cached[index] = text;
  return text;
}

function isText(text: string, bytes: Buffer, start: number, length: number): boolean {
  if (text.length !== length) return false;
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i);
    if (code !== bytes[start + i] || code > 127) return false;
  }
  return true;
}

/** Decoded UTF-8 is always well-formed; only NUL has to go. */
function withoutNul(text: string): string {
  return text.includes('\0') ? text.replaceAll('\0', '') : text;
}

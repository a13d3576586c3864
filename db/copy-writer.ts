/** Milliseconds from the Unix epoch to 2000-01-01, where PostgreSQL counts its microseconds from. */
const POSTGRES_EPOCH_MS = 946_684_800_000;
const SIGNATURE = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1');
const FLOAT8_OID = 701;
const TWO_32 = 2 ** 32;

/** Sixteen bytes of each UUID seen lately; the few teams and agents of a process come again and again. */
const uuidBytes = new Map<string, Buffer>();

function bytesOfUuid(uuid: string): Buffer {
  let bytes = uuidBytes.get(uuid);
  if (!bytes) {
    if (uuidBytes.size > 50_000) uuidBytes.clear();
    bytes = Buffer.from(uuid.replaceAll('-', ''), 'hex');
    uuidBytes.set(uuid, bytes);
  }
  return bytes;
}

/** JSON that PostgreSQL's jsonb takes: without NUL characters and lone surrogates, which it refuses. */
function storableJson(value: unknown): string {
  const json = JSON.stringify(value) ?? 'null';
  if (!/\\u(?:0000|d[89a-f])/i.test(json)) return json;
  const clean = (text: string) => text.replaceAll('\0', '').toWellFormed();
  return JSON.stringify(value, (_, part: unknown) => {
    if (typeof part === 'string') return clean(part);
    if (part === null || typeof part !== 'object' || Array.isArray(part)) return part;
    return Object.fromEntries(Object.entries(part).map(([key, inner]) => [clean(key), inner]));
  });
}

/**
 * Writes rows in PostgreSQL's binary COPY format into one growing buffer: a row is `row(n)` followed by
 * exactly n values in the order of the columns named in the COPY command. Values are not checked against
 * the types of the columns. NUL characters, which PostgreSQL can't store, are left out of texts.
 */
export class CopyWriter {
  #buffer: Buffer;
  #at: number;
  #rows = 0;

  /** @param capacity bytes to reserve at first */
  constructor(capacity = 65_536) {
    this.#buffer = Buffer.allocUnsafe(Math.max(capacity, 64));
    this.#at = SIGNATURE.copy(this.#buffer);
  }

  get rows(): number {
    return this.#rows;
  }

  row(columns: number): void {
    this.#reserve(2);
    this.#at = this.#buffer.writeInt16BE(columns, this.#at);
    this.#rows += 1;
  }

  null(): void {
    this.#reserve(4);
    this.#at = this.#buffer.writeInt32BE(-1, this.#at);
  }

  bool(value: boolean): void {
    this.#reserve(5);
    this.#at = this.#buffer.writeInt32BE(1, this.#at);
    this.#buffer[this.#at++] = value ? 1 : 0;
  }

  int2(value: number): void {
    this.#reserve(6);
    this.#at = this.#buffer.writeInt32BE(2, this.#at);
    this.#at = this.#buffer.writeInt16BE(value, this.#at);
  }

  int4(value: number): void {
    this.#reserve(8);
    this.#at = this.#buffer.writeInt32BE(4, this.#at);
    this.#at = this.#buffer.writeInt32BE(value, this.#at);
  }

  /** A bigint, or a number that is a safe integer. */
  int8(value: bigint | number): void {
    this.#reserve(12);
    this.#at = this.#buffer.writeInt32BE(8, this.#at);
    if (typeof value === 'bigint') this.#at = this.#buffer.writeBigInt64BE(value, this.#at);
    else this.#integer(value);
  }

  float8(value: number): void {
    this.#reserve(12);
    this.#at = this.#buffer.writeInt32BE(8, this.#at);
    this.#at = this.#buffer.writeDoubleBE(value, this.#at);
  }

  /** @param ms Unix milliseconds, fractions down to a microsecond count */
  timestamp(ms: number): void {
    this.#reserve(12);
    this.#at = this.#buffer.writeInt32BE(8, this.#at);
    this.#integer(Math.round((ms - POSTGRES_EPOCH_MS) * 1000));
  }

  bytes(value: Uint8Array): void {
    this.#reserve(4 + value.length);
    this.#at = this.#buffer.writeInt32BE(value.length, this.#at);
    this.#buffer.set(value, this.#at);
    this.#at += value.length;
  }

  /** A bytea from hexadecimal digits. */
  hex(digits: string): void {
    const length = digits.length >> 1;
    this.#reserve(4 + length);
    this.#at = this.#buffer.writeInt32BE(length, this.#at);
    this.#at += this.#buffer.write(digits, this.#at, 'hex');
  }

  uuid(value: string): void {
    this.bytes(bytesOfUuid(value));
  }

  text(value: string): void {
    const clean = value.includes('\0') ? value.replaceAll('\0', '') : value;
    this.#reserve(4 + clean.length * 3);
    const length = this.#buffer.write(clean, this.#at + 4, 'utf8');
    this.#buffer.writeInt32BE(length, this.#at);
    this.#at += 4 + length;
  }

  textOrNull(value: string | null): void {
    if (value === null) this.null();
    else this.text(value);
  }

  float8OrNull(value: number | null): void {
    if (value === null) this.null();
    else this.float8(value);
  }

  jsonb(value: unknown): void {
    const json = storableJson(value);
    this.#reserve(5 + json.length * 3);
    const length = this.#buffer.write(json, this.#at + 5, 'utf8');
    this.#buffer.writeInt32BE(length + 1, this.#at);
    this.#buffer[this.#at + 4] = 1;
    this.#at += 5 + length;
  }

  /** A one-dimensional float8[] of `values[from]` up to, not including, `values[to]`. */
  float8Array(values: Float64Array, from: number, to: number): void {
    const length = to - from;
    this.#reserve(24 + length * 12);
    const buffer = this.#buffer;
    let at = buffer.writeInt32BE(20 + length * 12, this.#at);
    for (const header of [1, 0, FLOAT8_OID, length, 1]) at = buffer.writeInt32BE(header, at);
    for (let i = from; i < to; i++) {
      at = buffer.writeInt32BE(8, at);
      at = buffer.writeDoubleBE(values[i] ?? Number.NaN, at);
    }
    this.#at = at;
  }

  /** Ends the data and gives all of it; the writer can't be used afterwards. */
  finish(): Buffer {
    this.#reserve(2);
    this.#at = this.#buffer.writeInt16BE(-1, this.#at);
    return this.#buffer.subarray(0, this.#at);
  }

  #integer(value: number): void {
    const high = Math.floor(value / TWO_32);
    this.#at = this.#buffer.writeInt32BE(high, this.#at);
    this.#at = this.#buffer.writeUInt32BE(value - high * TWO_32, this.#at);
  }

  #reserve(bytes: number): void {
    if (this.#at + bytes <= this.#buffer.length) return;
    const grown = Buffer.allocUnsafe(Math.max(this.#buffer.length * 2, this.#at + bytes));
    this.#buffer.copy(grown, 0, 0, this.#at);
    this.#buffer = grown;
  }
}

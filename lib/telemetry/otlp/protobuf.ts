import { AppError } from '#lib/kernel/errors.ts';
import { LIMITS } from './raw.ts';

/** The highest field number, 2^29 - 1, with the highest wire type. */
const LAST_TAG = 0xffffffff;

/** The whole request cannot be read; answered as 400 with a Status. */
export function undecodable(what: string): AppError {
  return new AppError('invalid', `The request is not valid OTLP: ${what}`);
}

/**
 * Reads the protobuf wire format in place, without making objects. A caller walks the fields of a message
 * up to its `end` and closes it with {@link Reader.close}, which finds every overrun: reads past the
 * buffer give zeros, never an exception in the middle.
 */
export class Reader {
  readonly bytes: Buffer;
  readonly view: DataView;
  at = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** An unsigned varint; exact up to 2^53 (tags, lengths, enumerations). */
  varint(): number {
    let byte = this.bytes[this.at++] ?? 0;
    if (byte < 128) return byte;
    let value = byte & 127;
    let scale = 128;
    for (let i = 1; i < 10; i++) {
      byte = this.bytes[this.at++] ?? 0;
      value += (byte & 127) * scale;
      if (i === 9 && byte > 1) break;
      if (byte < 128) return value;
      scale *= 128;
    }
    throw undecodable('a number is longer than 64 bits');
  }

  /** A signed 64-bit varint (int64), as a number where that is exact, else as decimal text. */
  int64(): number | string {
    const start = this.at;
    const value = this.varint();
    if (value <= Number.MAX_SAFE_INTEGER) return value;
    let exact = 0n;
    for (let i = this.at - 1; i >= start; i--) exact = (exact << 7n) | BigInt((this.bytes[i] ?? 0) & 127);
    const signed = BigInt.asIntN(64, exact);
    const number = Number(signed);
    return Number.isSafeInteger(number) ? number : signed.toString();
  }

  /** A zigzag-encoded 32-bit varint (sint32). */
  sint32(): number {
    const value = this.varint() >>> 0;
    return (value >>> 1) ^ -(value & 1);
  }

  /** Start of the length-delimited field that follows; returns its end. */
  open(limit: number): number {
    const length = this.varint();
    const end = this.at + length;
    if (end > limit) throw undecodable('it ends in the middle of a field');
    return end;
  }

  /** Checks that a message was read exactly to its end. */
  close(end: number): void {
    if (this.at !== end) throw undecodable('a field reaches beyond its message');
  }

  /**
   * Skips a field of an unknown number by its wire type.
   *
   * @param depth groups around the field
   */
  skip(tag: number, limit: number, depth = 0): void {
    if (tag < 8 || tag > LAST_TAG) throw undecodable('a field number is out of range');
    switch (tag & 7) {
      case 0:
        this.varint();
        break;
      case 1:
        this.at += 8;
        break;
      case 2:
        this.at = this.open(limit);
        break;
      case 3:
        this.#skipGroup(tag, limit, depth + 1);
        break;
      case 5:
        this.at += 4;
        break;
      default:
        throw undecodable(`a field has the wire type ${tag & 7}`);
    }
    if (this.at > limit) throw undecodable('a field reaches beyond its message');
  }

  double(): number {
    if (this.at + 8 > this.bytes.length) return this.#beyond();
    const value = this.view.getFloat64(this.at, true);
    this.at += 8;
    return value;
  }

  /** A fixed64 as a number, rounded beyond 2^53. */
  fixed64(): number {
    if (this.at + 8 > this.bytes.length) return this.#beyond();
    const value = this.view.getUint32(this.at + 4, true) * 4294967296 + this.view.getUint32(this.at, true);
    this.at += 8;
    return value;
  }

  /** An sfixed64 as a number, rounded beyond 2^53. */
  sfixed64(): number {
    if (this.at + 8 > this.bytes.length) return this.#beyond();
    const value = this.view.getInt32(this.at + 4, true) * 4294967296 + this.view.getUint32(this.at, true);
    this.at += 8;
    return value;
  }

  /** A fixed64 of nanoseconds, exact. */
  nanos(): bigint {
    if (this.at + 8 > this.bytes.length) return BigInt(this.#beyond());
    const value = this.view.getBigUint64(this.at, true);
    this.at += 8;
    return value;
  }

  /** Skips what follows the start of a group, up to and with its end. */
  #skipGroup(start: number, limit: number, depth: number): void {
    if (depth > LIMITS.nesting) throw undecodable('groups are nested too deeply');
    while (this.at < limit) {
      const tag = this.varint();
      if (tag === start + 1) return;
      this.skip(tag, limit, depth);
    }
    throw undecodable('a group does not end');
  }

  /** Moves past the end, so that the message that is being read fails to close. */
  #beyond(): number {
    this.at = this.bytes.length + 1;
    return 0;
  }
}

import { expect, test } from 'vitest';
import { CopyWriter } from './copy-writer.ts';

const HEADER = 19;
const field = (bytes: Buffer, at: number) => bytes.subarray(at + 4, at + 4 + bytes.readInt32BE(at));

test('values have the sizes and the byte order that PostgreSQL reads', () => {
  const writer = new CopyWriter(64);
  writer.row(4);
  writer.int8(-(2n ** 63n));
  writer.int8(-5);
  writer.timestamp(946_684_800_000.001);
  writer.text('Grüße\0!');
  const bytes = writer.finish();
  expect(bytes.toString('latin1', 0, 11)).toBe('PGCOPY\n\xff\r\n\0');
  expect(bytes.readInt16BE(HEADER)).toBe(4);
  expect(field(bytes, HEADER + 2).readBigInt64BE()).toBe(-(2n ** 63n));
  expect(field(bytes, HEADER + 14).readBigInt64BE()).toBe(-5n);
  expect(field(bytes, HEADER + 26).readBigInt64BE()).toBe(1n);
  expect(field(bytes, HEADER + 38).toString()).toBe('Grüße!');
  expect(bytes.readInt16BE(bytes.length - 2)).toBe(-1);
});

test('a number that the column cannot hold throws instead of writing another one', () => {
  const writer = new CopyWriter();
  writer.row(1);
  expect(() => writer.int8(1e30)).toThrow(RangeError);
  expect(() => writer.int2(40_000)).toThrow(RangeError);
});

import { explicitLayout } from '../histogram.ts';
import { type HashLanes, hashBytes } from './hash.ts';
import type { Reader } from './protobuf.ts';

interface Known {
  bytes: Uint8Array;
  layout: Int16Array | null;
}

const SLOTS = 256;

/** Every point of a histogram repeats its bounds, so their layouts are kept: bounded, compared byte by byte. */
const slots: (Known | undefined)[] = new Array(SLOTS);

/** The layout of packed bounds; null when they make no sense (see {@link explicitLayout}). */
export function layoutOf(reader: Reader, start: number, end: number): Int16Array | null {
  const lanes: HashLanes = { a: end - start, b: 1 };
  hashBytes(lanes, reader.bytes, start, end);
  const index = (lanes.a ^ (lanes.a >>> 16)) & (SLOTS - 1);
  const known = slots[index];
  if (known !== undefined && reader.bytes.compare(known.bytes, 0, known.bytes.length, start, end) === 0) {
    return known.layout;
  }
  const bytes = Uint8Array.from(reader.bytes.subarray(start, end));
  const bounds: number[] = [];
  for (let at = start; at + 8 <= end; at += 8) bounds.push(reader.view.getFloat64(at, true));
  const layout = (end - start) % 8 === 0 ? explicitLayout(bounds) : null;
  slots[index] = { bytes, layout };
  return layout;
}

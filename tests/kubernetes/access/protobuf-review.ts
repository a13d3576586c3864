import { Reader } from 'protobufjs';
import type { Fields } from '../objects.ts';

const PREFIX = 'k8s\0';

/** The parts of a message by the numbers of their fields; all that we read are bytes or text. */
function parts(bytes: Uint8Array): Map<number, Uint8Array> {
  const found = new Map<number, Uint8Array>();
  const reader = Reader.create(bytes);
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    if ((tag & 7) === 2) found.set(tag >>> 3, reader.bytes());
    else reader.skipType(tag & 7);
  }
  return found;
}

const ATTRIBUTES = ['', 'namespace', 'verb', 'group', 'version', 'resource', 'subresource', 'name'];

/** kubectl asks `auth can-i` in protobuf: the spec of that review, as its JSON form has it. */
export function reviewSpecOf(body: Buffer): Fields | null {
  if (body.subarray(0, PREFIX.length).toString() !== PREFIX) return null;
  const raw = parts(body.subarray(PREFIX.length)).get(2) ?? new Uint8Array();
  const spec = parts(raw).get(2) ?? new Uint8Array();
  const attributes = parts(spec).get(1);
  if (!attributes) return {};
  const named = [...parts(attributes)].map(([number, value]) => [
    ATTRIBUTES[number] ?? number,
    Buffer.from(value).toString(),
  ]);
  return { resourceAttributes: Object.fromEntries(named) };
}

import { readResource, readText } from './attributes.ts';
import { Reader } from './protobuf.ts';
import { LIMITS, type RawAttributes, type RawScope } from './raw.ts';
import { ItemRefused, type RefusalCount } from './refusals.ts';

/** What surrounds the items of one scope. */
export interface ItemContext {
  resource: RawAttributes;
  scope: RawScope;
}

/**
 * Walks the three levels that traces and logs share (request, resource, scope) and hands each item to
 * `readItem`. An item refused by {@link ItemRefused} is counted and its neighbours go on; the fields of a
 * message may come in any order.
 *
 * @throws AppError `invalid` when the bytes are not protobuf of this form
 */
export function readEnvelope(
  bytes: Uint8Array,
  refusals: RefusalCount,
  readItem: (reader: Reader, end: number, context: ItemContext) => void,
): void {
  const reader = new Reader(bytes);
  let items = 0;
  const readOne = (end: number, context: ItemContext): void => {
    const start = reader.at;
    try {
      if (++items > LIMITS.itemsPerRequest) {
        throw new ItemRefused('too_large', `A request may hold ${LIMITS.itemsPerRequest} items`);
      }
      readItem(reader, end, context);
    } catch (error) {
      refusals.addError(error);
      reader.at = start;
      checkFields(reader, end);
    }
  };
  forEachField(reader, reader.bytes.length, 10, (end) => {
    const context: ItemContext = { resource: resourceOf(reader, end), scope: { name: '', version: '' } };
    forEachField(reader, end, 18, (scopeEnd) => {
      const scoped = { resource: context.resource, scope: scopeOf(reader, scopeEnd) };
      forEachField(reader, scopeEnd, 18, (itemEnd) => readOne(itemEnd, scoped));
    });
    refusals.endResource(() => context.resource);
  });
}

/** Calls `read` for each occurrence of a length-delimited field and skips the rest up to `end`. */
export function forEachField(
  reader: Reader,
  end: number,
  wanted: number,
  read: (fieldEnd: number) => void,
): void {
  while (reader.at < end) {
    const tag = reader.varint();
    if (tag === wanted) read(reader.open(end));
    else reader.skip(tag, end);
  }
  reader.close(end);
}

/** The resource among the fields up to `end`, without moving the reader. */
function resourceOf(reader: Reader, end: number): RawAttributes {
  const start = reader.at;
  let resource: RawAttributes = new Map();
  forEachField(reader, end, 10, (fieldEnd) => {
    resource = readResource(reader, fieldEnd);
  });
  reader.at = start;
  return resource;
}

/** The scope among the fields up to `end`, without moving the reader. */
function scopeOf(reader: Reader, end: number): RawScope {
  const start = reader.at;
  const scope: RawScope = { name: '', version: '' };
  forEachField(reader, end, 10, (scopeEnd) => {
    while (reader.at < scopeEnd) {
      const tag = reader.varint();
      if (tag === 10) scope.name = readText(reader, reader.open(scopeEnd), LIMITS.keyBytes);
      else if (tag === 18) scope.version = readText(reader, reader.open(scopeEnd), LIMITS.keyBytes);
      else reader.skip(tag, scopeEnd);
    }
    reader.close(scopeEnd);
  });
  reader.at = start;
  return scope;
}

/** Walks over the fields of a refused item, so that a broken one still fails the request. */
function checkFields(reader: Reader, end: number): void {
  while (reader.at < end) reader.skip(reader.varint(), end);
  reader.close(end);
}

import { AttributeList } from './attribute-list.ts';
import type { ItemContext } from './envelope.ts';
import { type JsonObject, object, objects, parseJsonRequest, readJsonAttributes, text } from './json.ts';
import { LIMITS } from './raw.ts';
import { ItemRefused, type RefusalCount } from './refusals.ts';

/** The JSON names of the three levels of a signal. */
interface EnvelopeNames {
  resources: 'resourceSpans' | 'resourceLogs' | 'resourceMetrics';
  scopes: 'scopeSpans' | 'scopeLogs' | 'scopeMetrics';
  items: 'spans' | 'logRecords' | 'metrics';
}

/**
 * The OTLP/JSON counterpart of the protobuf envelope: hands each item to `readItem`, counts refused ones.
 *
 * @throws AppError `invalid` when the bytes are not JSON of this form
 */
export function readJsonEnvelope(
  bytes: Uint8Array,
  names: EnvelopeNames,
  refusals: RefusalCount,
  readItem: (item: JsonObject, context: ItemContext) => void,
): void {
  let items = 0;
  for (const resourceItems of objects(parseJsonRequest(bytes), names.resources)) {
    const resource = readJsonAttributes(
      object(resourceItems, 'resource'),
      new AttributeList(false, false),
    ).map;
    for (const scopeItems of objects(resourceItems, names.scopes)) {
      const sent = object(scopeItems, 'scope');
      const scope = {
        name: text(sent, 'name', LIMITS.keyBytes),
        version: text(sent, 'version', LIMITS.keyBytes),
      };
      for (const item of objects(scopeItems, names.items)) {
        try {
          if (++items > LIMITS.itemsPerRequest) {
            throw new ItemRefused('too_large', `A request may hold ${LIMITS.itemsPerRequest} items`);
          }
          readItem(item, { resource, scope });
        } catch (error) {
          refusals.addError(error);
        }
      }
    }
    refusals.endResource(() => resource);
  }
}

import { AttributeList } from './attribute-list.ts';
import type { ItemContext } from './envelope.ts';
import { optionalId } from './item-checks.ts';
import {
  enumeration,
  field,
  hex,
  isObject,
  type JsonObject,
  nanos,
  object,
  readJsonAttributes,
  text,
} from './json.ts';
import { readJsonEnvelope } from './json-envelope.ts';
import { type DecodeOptions, LIMITS, type RawSpan } from './raw.ts';
import type { RefusalCount } from './refusals.ts';
import { checkedSpan, emptySpan } from './span.ts';

const KINDS = [
  'SPAN_KIND_UNSPECIFIED',
  'SPAN_KIND_INTERNAL',
  'SPAN_KIND_SERVER',
  'SPAN_KIND_CLIENT',
  'SPAN_KIND_PRODUCER',
  'SPAN_KIND_CONSUMER',
];
const STATUS_CODES = ['STATUS_CODE_UNSET', 'STATUS_CODE_OK', 'STATUS_CODE_ERROR'];

/** The spans of an OTLP/JSON trace request, in the shape of the protobuf decoder. */
export function readJsonSpans(bytes: Uint8Array, refusals: RefusalCount, options: DecodeOptions): RawSpan[] {
  const spans: RawSpan[] = [];
  const names = { resources: 'resourceSpans', scopes: 'scopeSpans', items: 'spans' } as const;
  readJsonEnvelope(bytes, names, refusals, (item, context) => {
    spans.push(readJsonSpan(item, context, options));
  });
  return spans;
}

function readJsonSpan(item: JsonObject, context: ItemContext, options: DecodeOptions): RawSpan {
  const list = readJsonAttributes(item, new AttributeList(options.captureContent === true));
  const span = emptySpan(context, list);
  const status = object(item, 'status');
  span.traceId = hex(item, 'traceId');
  span.spanId = hex(item, 'spanId');
  span.parentSpanId = optionalId('span', hex(item, 'parentSpanId'));
  span.name = text(item, 'name', LIMITS.nameBytes);
  span.kind = enumeration(field(item, 'kind'), KINDS);
  span.startNs = nanos(item, 'startTimeUnixNano');
  span.endNs = nanos(item, 'endTimeUnixNano');
  span.statusCode = enumeration(field(status, 'code'), STATUS_CODES);
  span.statusMessage = text(status, 'message', LIMITS.nameBytes);
  span.droppedItems = list.dropped;
  readJsonEvents(item, span, options);
  return checkedSpan(span, options);
}

function readJsonEvents(item: JsonObject, span: RawSpan, options: DecodeOptions): void {
  const sent = field(item, 'events');
  const events = Array.isArray(sent) ? sent.filter(isObject) : [];
  span.droppedItems += Math.max(0, events.length - LIMITS.eventsPerSpan);
  for (const event of events.slice(0, LIMITS.eventsPerSpan)) {
    const list = readJsonAttributes(event, new AttributeList(options.captureContent === true));
    span.droppedItems += list.dropped;
    span.events.push({
      name: text(event, 'name', LIMITS.nameBytes),
      timeNs: nanos(event, 'timeUnixNano'),
      attributes: list.map,
    });
  }
}

import type { Refusals } from '#lib/model/telemetry.ts';
import { AttributeList } from './otlp/attribute-list.ts';
import { readHex, readKeyValue, readText } from './otlp/attributes.ts';
import { type ItemContext, readEnvelope } from './otlp/envelope.ts';
import { optionalId } from './otlp/item-checks.ts';
import { readJsonSpans } from './otlp/json-traces.ts';
import type { Reader } from './otlp/protobuf.ts';
import { type DecodeOptions, LIMITS, type RawEvent, type RawSpan } from './otlp/raw.ts';
import { RefusalCount } from './otlp/refusals.ts';
import { checkedSpan, emptySpan } from './otlp/span.ts';

export interface DecodedTraces {
  spans: RawSpan[];
  refusals: Refusals;
}

/**
 * Decodes an ExportTraceServiceRequest. A span that cannot be accepted is refused alone, with a reason.
 *
 * @throws AppError `invalid` when the request as a whole cannot be read
 */
export function decodeTraces(bytes: Uint8Array, options: DecodeOptions): DecodedTraces {
  const refusals = new RefusalCount();
  if (options.encoding === 'json') return { spans: readJsonSpans(bytes, refusals, options), refusals };
  const spans: RawSpan[] = [];
  readEnvelope(bytes, refusals, (reader, end, context) => {
    spans.push(readSpan(reader, end, context, options));
  });
  return { spans, refusals };
}

function readSpan(reader: Reader, end: number, context: ItemContext, options: DecodeOptions): RawSpan {
  const list = new AttributeList(options.captureContent === true);
  const span = emptySpan(context, list);
  while (reader.at < end) {
    const tag = reader.varint();
    switch (tag) {
      case 10:
        span.traceId = readHex(reader, reader.open(end));
        break;
      case 18:
        span.spanId = readHex(reader, reader.open(end));
        break;
      case 34:
        span.parentSpanId = optionalId('span', readHex(reader, reader.open(end)));
        break;
      case 42:
        span.name = readText(reader, reader.open(end), LIMITS.nameBytes);
        break;
      case 48:
        span.kind = reader.varint();
        break;
      case 57:
        span.startNs = reader.nanos();
        break;
      case 65:
        span.endNs = reader.nanos();
        break;
      case 74:
        readKeyValue(reader, reader.open(end), list);
        break;
      case 90:
        readEventInto(reader, reader.open(end), span, options);
        break;
      case 122:
        readStatus(reader, reader.open(end), span);
        break;
      default:
        reader.skip(tag, end);
    }
  }
  reader.close(end);
  span.droppedItems += list.dropped;
  return checkedSpan(span, options);
}

function readEventInto(reader: Reader, end: number, span: RawSpan, options: DecodeOptions): void {
  if (span.events.length >= LIMITS.eventsPerSpan) {
    span.droppedItems++;
    reader.at = end;
    return;
  }
  const list = new AttributeList(options.captureContent === true);
  const event: RawEvent = { name: '', timeNs: 0n, attributes: list.map };
  while (reader.at < end) {
    const tag = reader.varint();
    if (tag === 9) event.timeNs = reader.nanos();
    else if (tag === 18) event.name = readText(reader, reader.open(end), LIMITS.nameBytes);
    else if (tag === 26) readKeyValue(reader, reader.open(end), list);
    else reader.skip(tag, end);
  }
  reader.close(end);
  span.droppedItems += list.dropped;
  span.events.push(event);
}

function readStatus(reader: Reader, end: number, span: RawSpan): void {
  while (reader.at < end) {
    const tag = reader.varint();
    if (tag === 18) span.statusMessage = readText(reader, reader.open(end), LIMITS.nameBytes);
    else if (tag === 24) span.statusCode = reader.varint();
    else reader.skip(tag, end);
  }
  reader.close(end);
}

import type { Refusals } from '#lib/model/telemetry.ts';
import { AttributeList } from './otlp/attribute-list.ts';
import { readAnyValue, readHex, readKeyValue, readText } from './otlp/attributes.ts';
import { type ItemContext, readEnvelope } from './otlp/envelope.ts';
import { optionalId } from './otlp/item-checks.ts';
import { readJsonLogs } from './otlp/json-logs.ts';
import { checkedLog, emptyLog } from './otlp/log.ts';
import type { Reader } from './otlp/protobuf.ts';
import { type DecodeOptions, LIMITS, type RawLog } from './otlp/raw.ts';
import { RefusalCount } from './otlp/refusals.ts';

export interface DecodedLogs {
  logs: RawLog[];
  refusals: Refusals;
}

/**
 * Decodes an ExportLogsServiceRequest. A record that cannot be accepted is refused alone, with a reason.
 *
 * @throws AppError `invalid` when the request as a whole cannot be read
 */
export function decodeLogs(bytes: Uint8Array, options: DecodeOptions): DecodedLogs {
  const refusals = new RefusalCount();
  if (options.encoding === 'json') return { logs: readJsonLogs(bytes, refusals, options), refusals };
  const logs: RawLog[] = [];
  readEnvelope(bytes, refusals, (reader, end, context) => {
    logs.push(readLog(reader, end, context, options));
  });
  return { logs, refusals };
}

function readLog(reader: Reader, end: number, context: ItemContext, options: DecodeOptions): RawLog {
  const list = new AttributeList(options.captureContent === true);
  const log = emptyLog(context, list);
  let observedNs = 0n;
  while (reader.at < end) {
    const tag = reader.varint();
    switch (tag) {
      case 9:
        log.timeNs = reader.nanos();
        break;
      case 89:
        observedNs = reader.nanos();
        break;
      case 16:
        log.severity = reader.varint();
        break;
      case 42:
        log.body = readAnyValue(reader, reader.open(end), 0) ?? null;
        break;
      case 50:
        readKeyValue(reader, reader.open(end), list);
        break;
      case 74:
        log.traceId = optionalId('trace', readHex(reader, reader.open(end)));
        break;
      case 82:
        log.spanId = optionalId('span', readHex(reader, reader.open(end)));
        break;
      case 98:
        log.eventName = readText(reader, reader.open(end), LIMITS.nameBytes);
        break;
      default:
        reader.skip(tag, end);
    }
  }
  reader.close(end);
  log.droppedItems = list.dropped;
  return checkedLog(log, observedNs, options);
}

import { AttributeList } from './attribute-list.ts';
import type { ItemContext } from './envelope.ts';
import { optionalId } from './item-checks.ts';
import {
  enumeration,
  field,
  hex,
  type JsonObject,
  nanos,
  object,
  readJsonAttributes,
  readJsonValue,
  text,
} from './json.ts';
import { readJsonEnvelope } from './json-envelope.ts';
import { checkedLog, emptyLog } from './log.ts';
import { type DecodeOptions, LIMITS, type RawLog } from './raw.ts';
import type { RefusalCount } from './refusals.ts';

const LEVELS = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'];

/** Names of the severity numbers 0 to 24: four steps of each level. */
const SEVERITIES = [
  'SEVERITY_NUMBER_UNSPECIFIED',
  ...LEVELS.flatMap((level) => ['', '2', '3', '4'].map((step) => `SEVERITY_NUMBER_${level}${step}`)),
];

/** The records of an OTLP/JSON log request, in the shape of the protobuf decoder. */
export function readJsonLogs(bytes: Uint8Array, refusals: RefusalCount, options: DecodeOptions): RawLog[] {
  const logs: RawLog[] = [];
  const names = { resources: 'resourceLogs', scopes: 'scopeLogs', items: 'logRecords' } as const;
  readJsonEnvelope(bytes, names, refusals, (item, context) => {
    logs.push(readJsonLog(item, context, options));
  });
  return logs;
}

function readJsonLog(item: JsonObject, context: ItemContext, options: DecodeOptions): RawLog {
  const list = readJsonAttributes(item, new AttributeList(options.captureContent === true));
  const log = emptyLog(context, list);
  log.timeNs = nanos(item, 'timeUnixNano');
  log.severity = enumeration(field(item, 'severityNumber'), SEVERITIES);
  log.body = readJsonValue(object(item, 'body'), 0) ?? null;
  log.traceId = optionalId('trace', hex(item, 'traceId'));
  log.spanId = optionalId('span', hex(item, 'spanId'));
  log.eventName = text(item, 'eventName', LIMITS.nameBytes);
  log.droppedItems = list.dropped;
  return checkedLog(log, nanos(item, 'observedTimeUnixNano'), options);
}

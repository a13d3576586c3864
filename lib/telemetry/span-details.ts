import type { NormalisedSpan } from '#lib/model/telemetry.ts';
import type { Fields } from './fields.ts';
import type { AttributeValue, RawAttributes, RawEvent, RawSpan } from './otlp/raw.ts';
import { COLUMN_FIELDS, type Field, MEANINGS } from './tables/aliases.ts';
import { isContentEvent, isPlainInContentEvent } from './tables/content.ts';
import { SOFT_FAILURES } from './tables/operations.ts';

type Failure = Pick<
  NormalisedSpan,
  'isError' | 'errorType' | 'statusMessage' | 'finishReason' | 'isSoftFailure'
>;

const STATUS_ERROR = 2;

const COLUMN_KEYS = keysOf((field) => COLUMN_FIELDS.has(field));
const TOKEN_KEYS = keysOf((field) => field.endsWith('Tokens'));

function keysOf(isWanted: (field: Field) => boolean): ReadonlySet<string> {
  return new Set(
    [...MEANINGS].flatMap(([key, meanings]) => (meanings.some(({ field }) => isWanted(field)) ? [key] : [])),
  );
}

/**
 * Whether a span failed (telemetry 4.5): `error.type`, status ERROR or an exception event. A finish reason
 * such as `content_filter` without any of them is a soft failure.
 */
export function failureOf(span: RawSpan, fields: Fields): Failure {
  const exception = span.events.findLast((event) => event.name === 'exception');
  const sentType = fields.text('errorType');
  const isError =
    sentType !== null ||
    span.statusCode === STATUS_ERROR ||
    exception !== undefined ||
    fields.text('errorLevel') === 'ERROR';
  const finishReason = fields.text('finishReason') ?? eventText(span, 'finish_reason');
  const exceptionType = exception?.attributes.get('exception.type');
  const word = finishReason?.toLowerCase().replaceAll('-', '_') ?? '';
  const message = span.statusMessage || eventText(span, 'exception.message');
  return {
    isError,
    errorType: isError ? (sentType ?? textOf(exceptionType) ?? '_OTHER') : null,
    statusMessage: isError ? message || null : null,
    finishReason,
    isSoftFailure: !isError && SOFT_FAILURES.has(word),
  };
}

function eventText(span: RawSpan, key: string): string | null {
  for (const event of span.events) {
    const text = textOf(event.attributes.get(key));
    if (text !== null) return text;
  }
  return null;
}

function textOf(value: AttributeValue | undefined): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

/** Milliseconds from the start of a call to its first chunk, however the sender gives it. */
export function firstChunkMs(span: RawSpan, fields: Fields): number | null {
  const seconds = fields.number('firstChunkSeconds');
  const at = fields.text('firstChunkTime')?.replaceAll('"', '');
  const sent = seconds === null ? fields.number('firstChunkMs') : seconds * 1000;
  const ms = sent ?? (at === undefined ? null : Date.parse(at) - Number(span.startNs) / 1e6);
  return ms !== null && Number.isFinite(ms) && ms >= 0 ? ms : null;
}

/** The attributes that no column holds; usage stays where it was not counted. */
export function keptAttributes(span: RawSpan, usageCounted: boolean): Record<string, unknown> {
  const kept: Record<string, unknown> = Object.create(null);
  for (const [key, value] of span.attributes) {
    const isColumn = COLUMN_KEYS.has(key) || (usageCounted && TOKEN_KEYS.has(key));
    if (!isColumn) kept[key] = value;
  }
  if (span.droppedItems > 0) kept['pitwall.dropped_items'] = span.droppedItems;
  return kept;
}

/** Events with their attributes; of messages only what says nothing of their content. */
export function keptEvents(span: RawSpan, captureContent: boolean): NormalisedSpan['events'] {
  return span.events.map((event) => ({
    name: event.name,
    timeNs: event.timeNs,
    attributes: plainObject(captureContent ? event.attributes : withoutContent(event)),
  }));
}

/** The attributes of an event or log record by its name, without messages. */
export function withoutContent(event: Pick<RawEvent, 'name' | 'attributes'>): RawAttributes {
  if (!isContentEvent(event.name)) return event.attributes;
  return new Map([...event.attributes].filter(([key]) => isPlainInContentEvent(key)));
}

const resources = new WeakMap<RawAttributes, Record<string, unknown>>();

/** The attributes of a resource as an object, made once for all its spans. */
export function resourceObject(resource: RawAttributes): Record<string, unknown> {
  const known = resources.get(resource);
  if (known !== undefined) return known;
  const made = plainObject(resource);
  resources.set(resource, made);
  return made;
}

/** Attributes as an object without a prototype: no key can reach Object.prototype. */
export function plainObject(attributes: RawAttributes): Record<string, unknown> {
  const object: Record<string, unknown> = Object.create(null);
  for (const [key, value] of attributes) object[key] = value;
  return object;
}

import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Redactor } from '#lib/content/redaction/redactor.ts';
import type { NormalisedLog, NormalisedSpan } from '#lib/model/telemetry.ts';
import { isContentKey, isContentOfEvent, withoutKeys } from '#lib/telemetry/stored-content.ts';

/** Milliseconds that the rules of a team may take of one request, and at a stretch. */
const MOST_MS = 2000;
const STRETCH_MS = 20;

/** Redacts texts at any depth; long numbers are texts, too: a card number may come as one. */
function redacted(value: unknown, redactor: Redactor): unknown {
  if (typeof value === 'string') return redactor.redact(value);
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1e6) {
    const text = redactor.redact(String(value));
    return text === String(value) ? value : text;
  }
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => redacted(item, redactor));
  const members: Record<string, unknown> = Object.create(null);
  for (const [key, member] of Object.entries(value)) members[key] = redacted(member, redactor);
  return members;
}

function redactedKeys(
  attributes: Readonly<Record<string, unknown>>,
  isContent: (key: string) => boolean,
  redactor: Redactor,
): Record<string, unknown> {
  const kept: Record<string, unknown> = Object.create(null);
  for (const [key, value] of Object.entries(attributes))
    kept[key] = isContent(key) ? redacted(value, redactor) : value;
  return kept;
}

function redactSpan(span: NormalisedSpan, redactor: Redactor): NormalisedSpan {
  return {
    ...span,
    statusMessage: span.statusMessage === null ? null : redactor.redact(span.statusMessage),
    attributes: redactedKeys(span.attributes, isContentKey, redactor),
    events: span.events.map((event) => ({
      ...event,
      attributes: redactedKeys(event.attributes, (key) => isContentOfEvent(event.name, key), redactor),
    })),
  };
}

function bareSpan(span: NormalisedSpan): NormalisedSpan {
  return {
    ...span,
    statusMessage: null,
    attributes: withoutKeys(span.attributes, isContentKey),
    events: span.events.map((event) => ({
      ...event,
      attributes: withoutKeys(event.attributes, (key) => isContentOfEvent(event.name, key)),
    })),
  };
}

const eventNameOf = ({ attributes }: NormalisedLog): string => String(attributes['event.name'] ?? '');

function redactLog(log: NormalisedLog, redactor: Redactor): NormalisedLog {
  const isContent = (key: string) => isContentOfEvent(eventNameOf(log), key);
  return {
    ...log,
    body: redactor.redact(log.body),
    attributes: redactedKeys(log.attributes, isContent, redactor),
  };
}

function bareLog(log: NormalisedLog): NormalisedLog {
  const isContent = (key: string) => isContentOfEvent(eventNameOf(log), key);
  return { ...log, body: '', attributes: withoutKeys(log.attributes, isContent) };
}

/** The items of a request as they may be stored, and of how many the content had to be dropped. */
export interface Redacted<Item> {
  items: Item[];
  dropped: number;
}

/**
 * Applies the rules to one item after the other, giving way to other requests in between. What a rule can't be applied
 * to, and what is left when the time of the request is over, is stored without content: items are never lost, and
 * content never gets past a rule.
 */
async function redactAll<Item>(
  items: readonly Item[],
  redact: (item: Item) => Item,
  bare: (item: Item) => Item,
): Promise<Redacted<Item>> {
  const kept: Item[] = [];
  let dropped = 0;
  let spentMs = 0;
  let from = performance.now();
  for (const item of items) {
    let safe: Item | undefined;
    try {
      if (spentMs < MOST_MS) safe = redact(item);
    } catch {
      safe = undefined;
    }
    if (safe === undefined) dropped += 1;
    kept.push(safe ?? bare(item));
    const stretchMs = performance.now() - from;
    if (stretchMs < STRETCH_MS) continue;
    spentMs += stretchMs;
    await nextTurn();
    from = performance.now();
  }
  return { items: kept, dropped };
}

/** Redacts the content of spans; null are no rules. */
export async function redactSpans(
  spans: readonly NormalisedSpan[],
  redactor: Redactor | null,
): Promise<Redacted<NormalisedSpan>> {
  if (redactor === null) return { items: [...spans], dropped: 0 };
  return redactAll(spans, (span) => redactSpan(span, redactor), bareSpan);
}

/** Redacts the content of log records, whose bodies are free text; null are no rules. */
export async function redactLogs(
  logs: readonly NormalisedLog[],
  redactor: Redactor | null,
): Promise<Redacted<NormalisedLog>> {
  if (redactor === null) return { items: [...logs], dropped: 0 };
  return redactAll(logs, (log) => redactLog(log, redactor), bareLog);
}

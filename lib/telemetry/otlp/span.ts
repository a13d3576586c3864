import type { AttributeList } from './attribute-list.ts';
import type { ItemContext } from './envelope.ts';
import { checkedId, checkNanos, isAccepted } from './item-checks.ts';
import type { DecodeOptions, RawSpan } from './raw.ts';
import { ItemRefused } from './refusals.ts';

/** A span before its fields are read. */
export function emptySpan(context: ItemContext, list: AttributeList): RawSpan {
  return {
    resource: context.resource,
    scope: context.scope,
    traceId: '',
    spanId: '',
    parentSpanId: null,
    name: '',
    kind: 0,
    startNs: 0n,
    endNs: 0n,
    attributes: list.map,
    events: [],
    statusCode: 0,
    statusMessage: '',
    droppedItems: 0,
  };
}

/**
 * Checks what was read of a span. An end before the start (a clock set back) becomes the start; an event
 * with a time outside the accepted range moves to the start of its span.
 *
 * @throws ItemRefused
 */
export function checkedSpan(span: RawSpan, options: DecodeOptions): RawSpan {
  checkedId('trace', span.traceId);
  checkedId('span', span.spanId);
  if (span.endNs === 0n) throw new ItemRefused('malformed', 'A span has no end time');
  checkNanos(span.startNs, options);
  checkNanos(span.endNs, options);
  if (span.endNs < span.startNs) span.endNs = span.startNs;
  if (!(span.kind >= 0 && span.kind <= 5)) span.kind = 0;
  for (const event of span.events) {
    const timeMs = Number(event.timeNs) / 1e6;
    if (!isAccepted(timeMs, options)) event.timeNs = span.startNs;
  }
  if (span.parentSpanId === span.spanId) span.parentSpanId = null;
  return span;
}

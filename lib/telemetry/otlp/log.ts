import type { AttributeList } from './attribute-list.ts';
import type { ItemContext } from './envelope.ts';
import { checkNanos } from './item-checks.ts';
import type { DecodeOptions, RawLog } from './raw.ts';

/** A log record before its fields are read. */
export function emptyLog(context: ItemContext, list: AttributeList): RawLog {
  return {
    resource: context.resource,
    scope: context.scope,
    timeNs: 0n,
    traceId: null,
    spanId: null,
    severity: 0,
    eventName: '',
    body: null,
    attributes: list.map,
    droppedItems: 0,
  };
}

/**
 * Checks what was read of a record. Its time is the time of the event, else the time it was observed,
 * else now.
 *
 * @throws ItemRefused
 */
export function checkedLog(log: RawLog, observedNs: bigint, options: DecodeOptions): RawLog {
  if (log.timeNs === 0n) log.timeNs = observedNs === 0n ? BigInt(options.nowMs) * 1_000_000n : observedNs;
  checkNanos(log.timeNs, options);
  if (!(log.severity >= 0 && log.severity <= 24)) log.severity = 0;
  const named = log.attributes.get('event.name');
  if (log.eventName === '' && typeof named === 'string') log.eventName = named;
  return log;
}

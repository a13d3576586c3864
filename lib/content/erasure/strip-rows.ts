import type { ErasureKind } from '#lib/model/erasure.ts';
import {
  ERASED,
  isContentKey,
  isContentOfEvent,
  USER_KEYS,
  withoutKeys,
} from '#lib/telemetry/stored-content.ts';

type Attributes = Record<string, unknown> | null;

/** The erasure that takes the content away. */
interface StrippingErasure {
  id: string;
  kind: ErasureKind;
}

interface StoredEvent {
  name: string;
  attributes: Attributes;
}

/** Attributes without content; what names a person goes, too, where everything of that person does. */
function stripped(
  attributes: Attributes,
  eventName: string,
  { id, kind }: StrippingErasure,
): Record<string, unknown> {
  const isGone = (key: string) =>
    isContentOfEvent(eventName, key) ||
    isContentKey(key) ||
    (kind === 'user' && USER_KEYS.some((own) => own === key));
  return { ...withoutKeys(attributes ?? {}, isGone), [ERASED]: id };
}

/** The attributes and events that a span keeps when its content is erased. */
export function strippedSpan(
  { attributes, events }: { attributes: Attributes; events: readonly StoredEvent[] | null },
  erasure: StrippingErasure,
): { attributes: Record<string, unknown>; events: unknown[] | null } {
  return {
    attributes: stripped(attributes, '', erasure),
    events:
      events?.map((event) => ({
        ...event,
        attributes: withoutKeys(event.attributes ?? {}, (key) => isContentOfEvent(event.name, key)),
      })) ?? null,
  };
}

/** The attributes that a log record keeps; its body goes whole. */
export function strippedLog(attributes: Attributes, erasure: StrippingErasure): Record<string, unknown> {
  return stripped(attributes, String(attributes?.['event.name'] ?? ''), erasure);
}

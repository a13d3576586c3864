import {
  ERASED,
  isContentKey,
  isContentOfEvent,
  USER_KEYS,
  withoutKeys,
} from '#lib/telemetry/stored-content.ts';

type Attributes = Record<string, unknown> | null;

interface StoredEvent {
  name: string;
  attributes: Attributes;
}

/** Attributes without content; what names a person goes, too, where everything of that person does. */
function stripped(attributes: Attributes, eventName: string, isOfUser: boolean): Record<string, unknown> {
  const isGone = (key: string) =>
    isContentOfEvent(eventName, key) ||
    isContentKey(key) ||
    (isOfUser && USER_KEYS.some((own) => own === key));
  return { ...withoutKeys(attributes ?? {}, isGone), [ERASED]: true };
}

/** The attributes and events that a span keeps when its content is erased. */
export function strippedSpan(
  { attributes, events }: { attributes: Attributes; events: readonly StoredEvent[] | null },
  isOfUser: boolean,
): { attributes: Record<string, unknown>; events: unknown[] | null } {
  return {
    attributes: stripped(attributes, '', isOfUser),
    events:
      events?.map((event) => ({
        ...event,
        attributes: withoutKeys(event.attributes ?? {}, (key) => isContentOfEvent(event.name, key)),
      })) ?? null,
  };
}

/** The attributes that a log record keeps; its body goes whole. */
export function strippedLog(attributes: Attributes, isOfUser: boolean): Record<string, unknown> {
  return stripped(attributes, String(attributes?.['event.name'] ?? ''), isOfUser);
}

import { classifyKey, isContentEvent, isPlainInContentEvent } from './tables/content.ts';

/**
 * What of a stored span or log is content: what was said to or by a model or a tool, and free text that may quote it.
 * Ingest drops or redacts exactly this, an erasure removes it, and only looks that are recorded show it.
 */

/** Stands among the attributes of what was erased, with the id of the erasure: what arrives late of a run finds it. */
export const ERASED = 'pitwall.erased';

/** Texts of failures, which often quote what was said. */
const FREE_TEXT: ReadonlySet<string> = new Set(['exception.message', 'exception.stacktrace']);

/** Names of people: they go only when what is stored of one person is erased. */
export const USER_KEYS = ['user.id', 'enduser.id'] as const;

/** Whether an attribute of a span or a log carries content. */
export function isContentKey(key: string): boolean {
  return FREE_TEXT.has(key) || classifyKey(key) === 'content';
}

/** Whether an attribute of an event, or of a log by that name, carries content. */
export function isContentOfEvent(eventName: string, key: string): boolean {
  return isContentKey(key) || (isContentEvent(eventName) && !isPlainInContentEvent(key));
}

/** Attributes without those that `isContent` names. */
export function withoutKeys(
  attributes: Readonly<Record<string, unknown>>,
  isContent: (key: string) => boolean,
): Record<string, unknown> {
  const kept: Record<string, unknown> = Object.create(null);
  for (const [key, value] of Object.entries(attributes)) if (!isContent(key)) kept[key] = value;
  return kept;
}

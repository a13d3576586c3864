import { fieldAt, textAt } from '#lib/model/json-fields.ts';
import { ClusterError, type ClusterObject, type ObjectPlace } from '../port.ts';
import { errorOfConnection, errorOfEvent } from './cluster-error.ts';
import { linesOf } from './lines.ts';
import { placePath } from './paths.ts';
import type { Transport } from './transport.ts';

/** The server ends a watch after so long; the next one goes on where it ended. */
const WATCH_SECONDS = 300;
const MAX_EVENT = 16 * 1024 * 1024;

export interface WatchEvent {
  type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK';
  object: ClusterObject;
}

function eventOf(line: string): WatchEvent {
  let said: unknown;
  try {
    said = JSON.parse(line);
  } catch {
    throw new ClusterError('unreachable', 'The cluster broke off within an event.');
  }
  const type = textAt(said, 'type');
  const object = fieldAt(said, 'object');
  if (type === 'ADDED' || type === 'MODIFIED' || type === 'DELETED' || type === 'BOOKMARK')
    return { type, object: object as ClusterObject };
  throw errorOfEvent(object);
}

/**
 * What happens in a place after a version, until the server ends it in good order.
 *
 * @param onOpen called once the server has agreed to tell
 * @throws ClusterError `expired` where the version is no longer known, in either way of saying it (deployment S-76)
 */
export async function* watchEvents(
  transport: Transport,
  place: ObjectPlace,
  { labelSelector, resourceVersion }: { labelSelector?: string; resourceVersion: string },
  signal: AbortSignal,
  onOpen: () => void,
): AsyncGenerator<WatchEvent> {
  const query = {
    watch: 'true',
    resourceVersion,
    allowWatchBookmarks: 'true',
    timeoutSeconds: String(WATCH_SECONDS),
    ...(labelSelector && { labelSelector }),
  };
  const body = await transport.stream({ method: 'GET', path: placePath(place), query }, signal);
  onOpen();
  try {
    for await (const line of linesOf(body, { maxLength: MAX_EVENT, isCut: false }))
      if (line) yield eventOf(line);
  } catch (error) {
    throw errorOfConnection(error);
  } finally {
    body.destroy();
  }
}

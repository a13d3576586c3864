import type { IngestDoor } from '#ingest/door.ts';
import type { KeyActor } from '#lib/access/actor.ts';
import { AppError } from '#lib/kernel/errors.ts';
import type { ExportRequest } from '#lib/pipeline/ingest/contract.ts';

const SCOPES: Record<string, KeyActor['scopes']> = { good: ['ingest'], reader: ['read', 'write'] };

/** What the system behind the doors of ingest answers when everything is taken. */
export const NOTHING_REFUSED = { count: 0, byReason: {}, message: '' };

/**
 * The system behind the doors, which remembers what it was given. It knows two keys: `good` may send, `reader` may not.
 *
 * @param part what it does otherwise
 */
export function recordingDoor(part: Partial<IngestDoor>): { door: IngestDoor; taken: ExportRequest[] } {
  const taken: ExportRequest[] = [];
  const door: IngestDoor = {
    authenticate: async (headers) => {
      const key = headers.authorization?.slice('Bearer '.length) ?? headers['x-api-key'];
      const scopes = SCOPES[String(key)];
      if (!scopes) throw new AppError('unauthenticated', 'A valid API key is needed.');
      const origin = { ip: null, userAgent: null, requestId: '' };
      return { kind: 'key', keyId: 'k', keyName: 'k', teamId: 't', scopes, origin };
    },
    admit: () => {},
    ingest: async (request) => {
      taken.push(request);
      return NOTHING_REFUSED;
    },
    ...part,
  };
  return { door, taken };
}

import { timingSafeEqual } from 'node:crypto';
import { eq } from 'drizzle-orm';
import type { Db } from '#db/client.ts';
import { apiKeys } from '#db/schema/api-keys.ts';
import type { KeyActor, Origin } from '#lib/access/actor.ts';
import { KEY_SCOPES, type KeyScope } from '#lib/access/permissions.ts';
import type { Clock } from '#lib/kernel/clock.ts';
import { AppError } from '#lib/kernel/errors.ts';
import type { Stoppable } from '#lib/kernel/lifecycle.ts';
import type { Log } from '#lib/kernel/log.ts';
import { channels, controlEventSchema } from '#lib/model/event.ts';
import type { EventBus } from '#lib/ports/event-bus/port.ts';
import { mayBeUsedFrom, refuseAddress } from './allowed-ranges.ts';
import { hashKey, isMistyped } from './key-format.ts';
import { createLastUsed } from './last-used.ts';
import { createMisuseNotes } from './misuse-notes.ts';

/** Request headers as Node gives them; gRPC metadata and fetch headers are brought into this form. */
export interface KeyHeaders {
  authorization?: string | undefined;
  'x-api-key'?: string | string[] | undefined;
}

export interface KeyAuthenticator extends Stoppable {
  /**
   * Finds the key in `Authorization: Bearer` or `x-api-key`; never in the address (security P4).
   *
   * @throws AppError `unauthenticated` in the same words for every reason, `forbidden` for a key that may not be used
   *   from the address of the origin, `unavailable` without a database
   */
  authenticate(headers: KeyHeaders, origin?: Origin): Promise<KeyActor>;
}

interface KnownKey {
  keyId: string;
  keyName: string;
  teamId: string;
  scopes: readonly KeyScope[];
  allowedRanges: readonly string[];
  expiresAtMs: number;
}

/** An answer from the database, good until `staleAtMs`; `key` null means there is no such live key. */
interface Cached {
  key: KnownKey | null;
  staleAtMs: number;
}

/** Below the 5 s in which a revocation must take hold even if its event is lost (security P3). */
const KNOWN_MS = 4000;
const UNKNOWN_MS = 1000;
const MAX_CACHED = 10_000;
const MAX_KEY_LENGTH = 512;
const NO_ORIGIN: Origin = { ip: null, userAgent: null, requestId: '' };

function refused(): AppError {
  return new AppError(
    'unauthenticated',
    'A valid API key is needed: Authorization: Bearer <key> or x-api-key: <key>.',
  );
}

function keyIn(headers: KeyHeaders): string {
  const { authorization, 'x-api-key': own } = headers;
  const key =
    /^bearer +(\S+) *$/i.exec(authorization ?? '')?.[1] ?? (typeof own === 'string' ? own.trim() : '');
  if (key === '' || key.length > MAX_KEY_LENGTH || isMistyped(key)) throw refused();
  return key;
}

async function findKey(db: Db, keyHash: Buffer): Promise<KnownKey | null> {
  const [row] = await db.select().from(apiKeys).where(eq(apiKeys.keyHash, keyHash)).limit(1);
  if (!row || row.revokedAt !== null || !timingSafeEqual(row.keyHash, keyHash)) return null;
  return {
    keyId: row.id,
    keyName: row.name,
    teamId: row.teamId,
    scopes: KEY_SCOPES.filter((scope) => row.scopes.includes(scope)),
    allowedRanges: row.allowedRanges,
    expiresAtMs: row.expiresAt?.getTime() ?? Number.POSITIVE_INFINITY,
  };
}

/**
 * Answers of the database by key hash, for a few seconds. Concurrent questions for one key share one
 * look-up; an answer that was asked for before an invalidation is not kept.
 */
function createKeyCache(db: Db, clock: Clock) {
  const answers = new Map<string, Cached>();
  const pending = new Map<string, Promise<KnownKey | null>>();
  let epoch = 0;

  async function load(id: string, keyHash: Buffer): Promise<KnownKey | null> {
    const asked = { epoch, atMs: clock.now() };
    try {
      const key = await findKey(db, keyHash);
      if (asked.epoch === epoch) {
        if (answers.size >= MAX_CACHED) answers.clear();
        answers.set(id, { key, staleAtMs: asked.atMs + (key ? KNOWN_MS : UNKNOWN_MS) });
      }
      return key;
    } catch (error) {
      throw new AppError('unavailable', 'Keys cannot be checked at the moment.', {
        retryAfterSeconds: 2,
        cause: error,
      });
    } finally {
      pending.delete(id);
    }
  }

  return {
    find(keyHash: Buffer): KnownKey | null | Promise<KnownKey | null> {
      const id = keyHash.toString('latin1');
      const cached = answers.get(id);
      if (cached && cached.staleAtMs > clock.now()) return cached.key;
      const running = pending.get(id) ?? load(id, keyHash);
      pending.set(id, running);
      return running;
    },
    clear(): void {
      epoch += 1;
      answers.clear();
      pending.clear();
    },
  };
}

/** Makes the authenticator of one process; it listens for revocations on the bus. */
export async function createKeyAuthenticator(parts: {
  db: Db;
  clock: Clock;
  bus: EventBus;
  log: Log;
}): Promise<KeyAuthenticator> {
  const { db, clock, bus, log } = parts;
  const cache = createKeyCache(db, clock);
  const lastUsed = createLastUsed(db, clock, log);
  const misuse = createMisuseNotes(db, clock, log);
  const unsubscribe = await bus.subscribe(channels.control, (payload) => {
    if (isRevocation(payload)) cache.clear();
  });
  bus.onGap(() => cache.clear());

  return {
    name: 'api-key authenticator',
    async authenticate(headers, origin = NO_ORIGIN) {
      const key = await cache.find(hashKey(keyIn(headers)));
      if (!key || key.expiresAtMs <= clock.now()) throw refused();
      const { keyId, keyName, teamId, scopes, allowedRanges } = key;
      const actor: KeyActor = { kind: 'key', keyId, keyName, teamId, scopes, origin };
      if (!mayBeUsedFrom(allowedRanges, origin)) {
        const refusal = refuseAddress(origin);
        misuse.note(actor, refusal.message);
        throw refusal;
      }
      lastUsed.note(keyId, origin.ip);
      return actor;
    },
    async stop() {
      await unsubscribe();
      await lastUsed.stop();
      await misuse.stop();
    },
  };
}

function isRevocation(payload: string): boolean {
  try {
    return controlEventSchema.safeParse(JSON.parse(payload)).data?.type === 'api-key.revoked';
  } catch {
    return false;
  }
}

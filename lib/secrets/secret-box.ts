/**
 * Secrets at rest: what must be stored and used again (control secrets, webhook addresses) is sealed before
 * it reaches the database. May import model and kernel.
 */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { AppError } from '#lib/kernel/errors.ts';

/** A key by its id; the id stands in front of everything that was sealed with it. */
interface BoxKey {
  id: string;
  key: Buffer;
}

export interface SecretBox {
  /** AES-256-GCM; the same text is sealed differently each time. */
  seal(plain: string): string;
  /** Throws AppError `internal` when the key is unknown or the text was altered. */
  open(sealed: string): string;
  /** Whether it was sealed with an older key and should be sealed anew (rotation). */
  isStale(sealed: string): boolean;
}

const VERSION = 'v1';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** The id is derived from the key, so nobody has to number keys and a wrong one is noticed. */
function boxKey(masterKey: string): BoxKey {
  const derive = (purpose: string, bytes: number) =>
    Buffer.from(hkdfSync('sha256', masterKey, '', `pitwall secret box ${purpose}`, bytes));
  return { id: derive('id', 6).toString('base64url'), key: derive('key', 32) };
}

function seal({ id, key }: BoxKey, plain: string): string {
  const nonce = randomBytes(NONCE_BYTES);
  const head = `${VERSION}.${id}`;
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(head));
  const sealed = Buffer.concat([nonce, cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  return `${head}.${sealed.toString('base64url')}`;
}

function open(keys: readonly BoxKey[], text: string): string {
  const [version, id, body = ''] = text.split('.');
  const known = keys.find((key) => key.id === id);
  if (version !== VERSION || !known)
    throw new AppError('internal', 'A secret was sealed with an unknown key.');
  const bytes = Buffer.from(body, 'base64url');
  try {
    const decipher = createDecipheriv('aes-256-gcm', known.key, bytes.subarray(0, NONCE_BYTES), {
      authTagLength: TAG_BYTES,
    });
    decipher.setAAD(Buffer.from(`${version}.${id}`)).setAuthTag(bytes.subarray(-TAG_BYTES));
    const plain = decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES));
    return Buffer.concat([plain, decipher.final()]).toString('utf8');
  } catch (cause) {
    throw new AppError('internal', 'A sealed secret was altered.', { cause });
  }
}

/**
 * Makes a box from the master key, and from former ones that may still open what they sealed.
 *
 * @param masterKey at least 32 characters; the real key is derived from it (HKDF-SHA-256)
 */
export function createSecretBox(masterKey: string, formerKeys: readonly string[] = []): SecretBox {
  const current = boxKey(masterKey);
  const keys = [current, ...formerKeys.map(boxKey)];
  return {
    seal: (plain) => seal(current, plain),
    open: (sealed) => open(keys, sealed),
    isStale: (sealed) => sealed.split('.')[1] !== current.id,
  };
}

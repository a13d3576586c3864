import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';

/**
 * Cost of new hashes: N = 2^15, r = 8, p = 3 (32 MiB), one of the equal settings that the OWASP password
 * storage guide recommends for scrypt. The cost stands in every hash, so it can be raised later.
 */
const COST = { log2N: 15, r: 8, p: 3 } as const;
const SALT_BYTES = 16;
const HASH_BYTES = 32;
const MAX_MEMORY_BYTES = 64 * 1024 * 1024;
const FORM = /^scrypt\$(\d+)\$(\d+)\$(\d+)\$([\w-]+)\$([\w-]+)$/;

export const PASSWORD_MAX = 256;

function derive(password: string, salt: Buffer, options: ScryptOptions): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  scrypt(
    password.normalize('NFC'),
    salt,
    HASH_BYTES,
    { ...options, maxmem: MAX_MEMORY_BYTES },
    (error, hash) => (error ? reject(error) : resolve(hash)),
  );
  return promise;
}

/** The stored form: `scrypt$log2N$r$p$salt$hash`, salt and hash in base64url. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const hash = await derive(password, salt, { N: 2 ** COST.log2N, r: COST.r, p: COST.p });
  return ['scrypt', COST.log2N, COST.r, COST.p, salt.toString('base64url'), hash.toString('base64url')].join(
    '$',
  );
}

/** Compared when there is no hash to compare with, so that an unknown address takes as long as a known one. */
const NOBODY = `scrypt$${COST.log2N}$${COST.r}$${COST.p}$${'A'.repeat(22)}$${'A'.repeat(43)}`;

/**
 * Whether a password fits its stored hash. `null` (unknown person, or one without a password) costs the
 * same time and never fits (security A12).
 */
export async function verifyPassword(password: string, stored: string | null): Promise<boolean> {
  const [, log2N, r, p, salt, hash] = FORM.exec(stored ?? NOBODY) ?? [];
  if (salt === undefined || hash === undefined) return false;
  const expected = Buffer.from(hash, 'base64url');
  const cost = { N: 2 ** Number(log2N), r: Number(r), p: Number(p) };
  const given = await derive(password.slice(0, PASSWORD_MAX), Buffer.from(salt, 'base64url'), cost);
  return expected.length === given.length && timingSafeEqual(expected, given) && stored !== null;
}

import type { Db } from '#db/client.ts';
import { AppError } from '#lib/kernel/errors.ts';
import type { SecretBox } from '#lib/secrets/secret-box.ts';
import { replaceSealed, sampleOfEachKey } from './sealed-places.ts';

const BATCH = 100;

function opens(box: SecretBox, sealed: string): boolean {
  try {
    box.open(sealed);
    return true;
  } catch {
    return false;
  }
}

/**
 * Refuses to go on with a master key that does not open what is stored: it would be lost silently, one secret after
 * the other (security U11).
 *
 * @throws AppError `invalid`, in words for whoever starts it
 */
export async function requireMasterKey(db: Db, box: SecretBox): Promise<void> {
  const samples = await sampleOfEachKey(db);
  if (samples.every((sample) => opens(box, sample))) return;
  throw new AppError(
    'invalid',
    'SECRET_KEY does not open the secrets in this database. Start with the key that sealed them, or name it in SECRET_KEY_FORMER to change to a new one.',
  );
}

/** Seals a batch of what a former key sealed anew with the one in force, while everything goes on. */
export function resealSecrets(db: Db, box: SecretBox): Promise<{ done: number; more: boolean }> {
  return replaceSealed(db, box.seal(''), BATCH, (sealed) => box.seal(box.open(sealed)));
}

/**
 * Members: people, their teams and roles, how they prove who they are, and their sessions. May import
 * command, access, audit, db, port files, model and kernel.
 *
 * This file holds the one form in which an e-mail address is stored and compared.
 */
import { z } from 'zod';

const address = z.email().max(254);

/**
 * Unicode-normalised and lower-cased before it is validated, so that a look-alike of `@` or of a letter
 * cannot pass the validation as one address and act as another. Null when it is no address.
 */
export function normaliseEmail(typed: string): string | null {
  return address.safeParse(typed.normalize('NFKC').trim().toLowerCase()).data ?? null;
}

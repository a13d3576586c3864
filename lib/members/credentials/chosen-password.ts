import { AppError } from '#lib/kernel/errors.ts';
import { isCommonPassword, isMadeOfContext } from './common-passwords.ts';
import { hashPassword, PASSWORD_MAX } from './password.ts';

const PASSWORD_MIN = 8;

interface Person {
  email: string;
  name: string;
}

/** Why a password may not be chosen, in words; null when it may. Length counts, composition does not. */
export async function passwordProblem(password: string, person: Person): Promise<string | null> {
  if (password.length < PASSWORD_MIN)
    return `Use at least ${PASSWORD_MIN} characters; 15 or more are better.`;
  if (password.length > PASSWORD_MAX) return `Use at most ${PASSWORD_MAX} characters.`;
  if (isMadeOfContext(password, person))
    return 'This password is made of your name, your address or the name of this product. Choose another.';
  if (await isCommonPassword(password))
    return 'This password stands on lists of leaked ones. Choose another.';
  return null;
}

/**
 * The hash of a password that somebody chose, for storing it: no other way leads a new password into the database.
 *
 * @param path the field that it was typed into
 * @throws AppError `invalid` with the reason at the field
 */
export async function hashChosenPassword(password: string, person: Person, path: string): Promise<string> {
  const message = await passwordProblem(password, person);
  if (message !== null) throw new AppError('invalid', message, { issues: [{ path, message }] });
  return hashPassword(password);
}

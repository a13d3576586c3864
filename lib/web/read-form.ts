import { AppError } from '#lib/kernel/errors.ts';
import { readBytes } from './read-json.ts';

const MAX_BODY_BYTES = 64 * 1024;

/**
 * Reads a body of form fields, counted while it streams in.
 *
 * @throws AppError `invalid` for another content type; `too_large`
 */
export async function readForm(request: Request): Promise<URLSearchParams> {
  const type = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/x-www-form-urlencoded' || !request.body)
    throw new AppError('invalid', 'Send the body as application/x-www-form-urlencoded.');
  return new URLSearchParams((await readBytes(request.body, MAX_BODY_BYTES)).toString('utf8'));
}

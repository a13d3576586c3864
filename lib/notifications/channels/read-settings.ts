import { AppError } from '#lib/kernel/errors.ts';
import { type ChannelInput, channelInput } from './channel-input.ts';

/**
 * Checks typed settings against their kind.
 *
 * @throws AppError `invalid` with one issue per refused field
 */
export function readSettings(kind: string, settings: Record<string, unknown>): ChannelInput {
  const parsed = channelInput.safeParse({ kind, settings });
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map(({ path, message }) => ({ path: path.join('.'), message }));
  throw new AppError('invalid', 'Some values are not valid.', { issues });
}

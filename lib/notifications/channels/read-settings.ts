import { AppError, type FieldIssue } from '#lib/kernel/errors.ts';
import { typedTargetRefusal } from '#lib/outbound/typed-target.ts';
import { type ChannelInput, channelInput } from './channel-input.ts';

const refused = (issues: FieldIssue[]) => new AppError('invalid', 'Some values are not valid.', { issues });

/** Addresses that would be refused at every delivery (security O1). */
function refusedAddresses({ settings }: ChannelInput, allow: readonly string[]): FieldIssue[] {
  return Object.entries(settings).flatMap(([field, typed]) => {
    if ((field !== 'url' && field !== 'endpoint') || typeof typed !== 'string') return [];
    const message = typedTargetRefusal(typed, allow);
    return message === null ? [] : [{ path: `settings.${field}`, message }];
  });
}

/**
 * Checks typed settings against their kind, and their addresses against what may be called.
 *
 * @param allow ranges that an admin opened (OUTBOUND_ALLOW)
 * @throws AppError `invalid` with one issue per refused field
 */
export function readSettings(
  kind: string,
  settings: Record<string, unknown>,
  allow: readonly string[],
): ChannelInput {
  const parsed = channelInput.safeParse({ kind, settings });
  if (!parsed.success)
    throw refused(parsed.error.issues.map(({ path, message }) => ({ path: path.join('.'), message })));
  const issues = refusedAddresses(parsed.data, allow);
  if (issues.length > 0) throw refused(issues);
  return parsed.data;
}

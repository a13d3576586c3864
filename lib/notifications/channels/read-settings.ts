import { AppError, type FieldIssue } from '#lib/kernel/errors.ts';
import type { OutboundPolicy } from '#lib/model/outbound.ts';
import { typedTargetRefusal } from '#lib/outbound/typed-target.ts';
import { type ChannelInput, channelInput } from './channel-input.ts';

const refused = (issues: FieldIssue[]) => new AppError('invalid', 'Some values are not valid.', { issues });

/** Addresses that would be refused at every delivery (security O1, O4). */
function refusedAddresses({ settings }: ChannelInput, policy: OutboundPolicy): FieldIssue[] {
  return Object.entries(settings).flatMap(([field, typed]) => {
    if ((field !== 'url' && field !== 'endpoint') || typeof typed !== 'string') return [];
    const message = typedTargetRefusal(typed, policy);
    return message === null ? [] : [{ path: `settings.${field}`, message }];
  });
}

/**
 * Checks typed settings against their kind, and their addresses against what may be called.
 *
 * @throws AppError `invalid` with one issue per refused field
 */
export function readSettings(
  kind: string,
  settings: Record<string, unknown>,
  policy: OutboundPolicy,
): ChannelInput {
  const parsed = channelInput.safeParse({ kind, settings });
  if (!parsed.success)
    throw refused(parsed.error.issues.map(({ path, message }) => ({ path: path.join('.'), message })));
  const issues = refusedAddresses(parsed.data, policy);
  if (issues.length > 0) throw refused(issues);
  return parsed.data;
}

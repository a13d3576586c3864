import { z } from 'zod';
import type { Sealer } from '#lib/command/context.ts';
import { channelSettings, type NotifierTarget } from '#lib/model/notification-channel.ts';
import type { Claim } from './delivery/claim-due.ts';
import type { DeliveryFacts } from './delivery/delivery-facts.ts';

/** A place that can't be written to, with the reason; trying again would not help. */
export interface NoTarget {
  problem: string;
}

const signing = z.object({
  signingSecret: z.string(),
  formerSecret: z.string().optional(),
  /** Until when the former key signs too, Unix milliseconds. */
  formerUntilMs: z.number().optional(),
});
/** What a channel keeps sealed beside what was typed. */
export type SigningKeys = z.infer<typeof signing>;

/** The keys that sign now: the former stands beside the current while it is rotated. */
function signingSecrets(keys: SigningKeys, nowMs: number): string[] {
  const former =
    keys.formerSecret !== undefined && (keys.formerUntilMs ?? 0) > nowMs ? [keys.formerSecret] : [];
  return [keys.signingSecret, ...former];
}

const sealedSchema = z.object({ settings: z.record(z.string(), z.unknown()), keys: signing.optional() });

/** Opens what a channel or contact method keeps sealed. */
export function openSealed(sealer: Sealer, sealed: string): z.infer<typeof sealedSchema> {
  return sealedSchema.parse(JSON.parse(sealer.open(sealed)));
}

export function sealSettings(sealer: Sealer, settings: Record<string, unknown>, keys?: SigningKeys): string {
  return sealer.seal(JSON.stringify({ settings, ...(keys && { keys }) }));
}

function readTarget(kind: Claim['kind'], sealed: ReturnType<typeof openSealed>, nowMs: number) {
  const { settings, keys } = sealed;
  switch (kind) {
    case 'email':
      return { kind, ...channelSettings.email.parse(settings) };
    case 'slack':
      return { kind, ...channelSettings.slack.parse(settings) };
    case 'teams':
      return { kind, ...channelSettings.teams.parse(settings) };
    case 'pagerduty': {
      const { routingKey, endpoint } = channelSettings.pagerduty.parse(settings);
      return { kind, routingKey, ...(endpoint && { endpoint }) };
    }
    case 'webhook': {
      const { url, headers, template } = channelSettings.webhook.parse(settings);
      const secrets = keys ? signingSecrets(keys, nowMs) : [];
      return {
        kind,
        url,
        ...(headers && { headers }),
        ...(template && { template }),
        signingSecrets: secrets,
      };
    }
    case 'push':
      return { problem: 'A channel of a team cannot be a device.' };
  }
}

function channelTarget(claim: Claim, facts: DeliveryFacts, sealer: Sealer): NotifierTarget | NoTarget {
  const channel = claim.channelId === null ? undefined : facts.channels.get(claim.channelId);
  if (!channel) return { problem: 'The channel was deleted.' };
  const sealed =
    channel.sealed === null ? { settings: channel.settings } : openSealed(sealer, channel.sealed);
  return readTarget(claim.kind, sealed, claim.claimedMs);
}

function personTarget(claim: Claim, facts: DeliveryFacts, sealer: Sealer): NotifierTarget | NoTarget {
  const email = facts.people.get(claim.id);
  if (email === undefined) return { problem: 'This person is not in the team any more.' };
  const contact = claim.contactMethodId === null ? undefined : facts.contacts.get(claim.contactMethodId);
  if (claim.kind === 'push') {
    const device =
      claim.pushSubscriptionId === null ? undefined : facts.devices.get(claim.pushSubscriptionId);
    if (!device) return { problem: 'There is no device that takes push.' };
    const { ownerId, ...subscription } = device;
    if (ownerId !== claim.userId) return { problem: 'Somebody else uses this device now.' };
    return { kind: 'push', ...subscription, personId: ownerId };
  }
  if (claim.kind === 'email') return { kind: 'email', recipients: [contact?.address || email] };
  if (!contact || contact.sealed === null) return { problem: 'This way to reach the person was deleted.' };
  return readTarget(claim.kind, openSealed(sealer, contact.sealed), claim.claimedMs);
}

function resolveTarget(claim: Claim, facts: DeliveryFacts, sealer: Sealer): NotifierTarget | NoTarget {
  try {
    return claim.channelId === null
      ? personTarget(claim, facts, sealer)
      : channelTarget(claim, facts, sealer);
  } catch {
    return { problem: 'What was stored of this place cannot be read any more. Set it up again.' };
  }
}

export type ResolveTarget = (claim: Claim) => NotifierTarget | NoTarget;

/** Says where rows go that were claimed together, secrets open; what is sealed of a channel is opened once. */
export function targetResolver(facts: DeliveryFacts, sealer: Sealer): ResolveTarget {
  const opened = new Map<string, NotifierTarget | NoTarget>();
  return (claim) => {
    const { channelId } = claim;
    if (channelId === null) return resolveTarget(claim, facts, sealer);
    const target = opened.get(channelId) ?? resolveTarget(claim, facts, sealer);
    opened.set(channelId, target);
    return target;
  };
}

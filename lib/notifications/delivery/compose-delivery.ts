import { createHash } from 'node:crypto';
import type { NotificationMessage } from '#lib/model/notification.ts';
import { paths } from '#lib/model/paths.ts';
import type { Delivery } from '#lib/ports/notifier/port.ts';
import type { AckTokens } from '../ack-token.ts';
import { bundleMessages } from '../bundle.ts';
import type { Claim } from './claim-due.ts';
import type { DeliveryFacts } from './delivery-facts.ts';

export interface ComposeTools {
  /** The public address, without a slash at its end. */
  appUrl: string;
  ackTokens: AckTokens;
}

const MAX_TTL_SECONDS = 28 * 86_400;

function absolute(appUrl: string, link: string | null | undefined): string | null {
  if (!link) return null;
  return link.startsWith('/') ? `${appUrl}${link}` : link;
}

/** Only a person who is asked to answer gets a link that acknowledges; a channel would hand it to everybody. */
function ackLink(
  { appUrl, ackTokens }: ComposeTools,
  claim: Claim,
  message: NotificationMessage,
): string | null {
  if (claim.purpose !== 'page' || claim.userId === null || message.status !== 'firing') return null;
  const { id: notificationId, userId, expiresMs } = claim;
  return `${appUrl}${paths.acknowledge(ackTokens.issue({ notificationId, userId, expiresMs }))}`;
}

/**
 * A device replaces what it was told by what comes under the same topic: a newer state of the one alert that a page is
 * about (alerting S98). What speaks of several neither replaces another nor is replaced, or some of them would be lost.
 */
function topicOf({ id, purpose, alertIds }: Claim, spokenOf: number): string {
  return (purpose === 'page' && spokenOf === 1 && alertIds[0]) || id;
}

/**
 * What an adapter is given for claimed rows of one address: the first leads, its id is the one that receivers
 * deduplicate by; the others go out with it.
 */
export function composeDelivery(
  tools: ComposeTools,
  claims: readonly [Claim, ...Claim[]],
  facts: DeliveryFacts,
): Delivery {
  const [lead] = claims;
  const message = bundleMessages(
    claims.map((claim) => claim.message),
    new Set(claims.flatMap(({ alertIds }) => alertIds)).size,
  );
  const key = lead.groupId === null ? undefined : facts.groups.get(lead.groupId)?.key;
  const { appUrl } = tools;
  return {
    id: lead.id,
    dedupKey: createHash('sha256')
      .update(key ?? lead.alertIds.join() ?? lead.id)
      .digest('hex'),
    topic: topicOf(lead, message.alertCount),
    atMs: lead.claimedMs,
    ttlSeconds: Math.min(MAX_TTL_SECONDS, Math.max(1, Math.ceil((lead.expiresMs - lead.claimedMs) / 1000))),
    message: {
      ...message,
      alerts: message.alerts.map((alert) => ({ ...alert, url: absolute(appUrl, alert.url) ?? '' })),
      links: {
        view: absolute(appUrl, message.links.view),
        ack: ackLink(tools, lead, message),
        runbook: absolute(appUrl, message.links.runbook),
      },
    },
  };
}

import type { Log } from '#lib/kernel/log.ts';
import { cutText } from '#lib/model/cut-text.ts';
import type { NotifierTarget } from '#lib/model/notification-channel.ts';
import { toStorable } from '#lib/model/storable-text.ts';
import type { Delivery, Notifiers, SendOutcome } from '#lib/ports/notifier/port.ts';
import { retryDelayMs } from './backoff.ts';
import type { Claim } from './claim-due.ts';
import type { Outcome } from './record-outcomes.ts';

/** Milliseconds after which an attempt is given up at the latest, well within the lease, and at the soonest. */
const SEND_TIMEOUT_MS = { longest: 15_000, shortest: 10_000 };

/** An attempt is given up when the next tick of its group comes, but gets ten seconds at least (alerting S37). */
export const sendTimeout = (groupIntervalMs: number | undefined): number =>
  Math.min(
    SEND_TIMEOUT_MS.longest,
    Math.max(SEND_TIMEOUT_MS.shortest, groupIntervalMs ?? SEND_TIMEOUT_MS.longest),
  );

const NOTHING = { error: null, httpStatus: null, providerId: null, delayMs: 0 };

/** The same end for rows that are not sent. */
export function unsent(
  claim: Claim,
  status: 'failed' | 'expired' | 'cancelled',
  reason: string,
  error: string | null,
): Outcome {
  return { ...NOTHING, claim, status, reason, error };
}

function send(
  notifiers: Notifiers,
  target: NotifierTarget,
  delivery: Delivery,
  timeoutMs: number,
): Promise<SendOutcome> {
  const signal = AbortSignal.timeout(timeoutMs);
  switch (target.kind) {
    case 'email':
      return notifiers.email.send(target, delivery, signal);
    case 'slack':
      return notifiers.slack.send(target, delivery, signal);
    case 'teams':
      return notifiers.teams.send(target, delivery, signal);
    case 'pagerduty':
      return notifiers.pagerduty.send(target, delivery, signal);
    case 'webhook':
      return notifiers.webhook.send(target, delivery, signal);
    case 'push':
      return notifiers.push.send(target, delivery, signal);
  }
}

/** What is left of a message that its adapter could not put into form: enough to know where to look. */
function plain(delivery: Delivery): Delivery {
  const { message } = delivery;
  const title = cutText(String(message.title).toWellFormed(), 100);
  return { ...delivery, message: { ...message, title, text: '', alerts: [], groupLabels: {} } };
}

/** The end of a message that no form could be found for. */
interface Buried {
  kind: 'no_form';
  error: string;
  httpStatus: null;
}

/** A message that makes its adapter throw goes once more in a plain form, then to the dead (reliability F36). */
async function sendOrBury(
  notifiers: Notifiers,
  target: NotifierTarget,
  delivery: Delivery,
  { log, timeoutMs }: { log: Log; timeoutMs: number },
): Promise<SendOutcome | Buried> {
  try {
    return await send(notifiers, target, delivery, timeoutMs);
  } catch (error) {
    log.error(
      { err: error, notification: delivery.id },
      'a message could not be put into form; its plain form goes',
    );
  }
  try {
    return await send(notifiers, target, plain(delivery), timeoutMs);
  } catch (error) {
    log.error({ err: error, notification: delivery.id }, 'a message could not be put into form at all');
    return { kind: 'no_form', error: 'The message could not be put into form.', httpStatus: null };
  }
}

/** Receivers word ids and errors: whatever they answer must fit into the row, or the message would go out again. */
function endOf(outcome: SendOutcome | Buried, claim: Claim): Omit<Outcome, 'claim'> {
  const { httpStatus } = outcome;
  switch (outcome.kind) {
    case 'sent':
    case 'delivered': {
      const providerId = outcome.providerId === null ? null : toStorable(outcome.providerId);
      return { ...NOTHING, status: outcome.kind, reason: '', httpStatus, providerId };
    }
    case 'retry': {
      const reason = httpStatus === null ? 'no_answer' : `http_${httpStatus}`;
      const delayMs = retryDelayMs(claim.attempt, outcome.retryAfterMs, Math.random());
      return { ...NOTHING, status: 'queued', reason, error: toStorable(outcome.error), httpStatus, delayMs };
    }
    case 'refused':
    case 'gone':
    case 'no_form': {
      const error = toStorable(outcome.error);
      return { ...NOTHING, status: 'failed', reason: outcome.kind, error, httpStatus };
    }
  }
}

/**
 * Sends one message for its claimed rows and says what became of each: those that went out with the first
 * end as it does.
 */
export async function sendClaims(
  notifiers: Notifiers,
  means: { log: Log; timeoutMs: number },
  claims: readonly [Claim, ...Claim[]],
  target: NotifierTarget,
  delivery: Delivery,
): Promise<Outcome[]> {
  const [lead] = claims;
  const outcome = await sendOrBury(notifiers, target, delivery, means);
  const alertIds = claims.length > 1 ? [...new Set(claims.flatMap((claim) => claim.alertIds))] : undefined;
  return claims.map((claim) => {
    const end = endOf(outcome, claim === lead ? lead : { ...claim, attempt: lead.attempt });
    if (claim === lead) return { ...end, claim, ...(alertIds && { alertIds }) };
    return { ...end, claim, reason: end.reason === '' ? 'bundled' : end.reason };
  });
}

import { headers } from 'next/headers';
import { getAlert } from '#lib/alerts/alert-queries.ts';
import { execute } from '#lib/command/define-command.ts';
import { ask } from '#lib/command/define-query.ts';
import { onReserved, type WebContext, webContext } from '#lib/compose/web.ts';
import { networkOf } from '#lib/kernel/client-address.ts';
import { AppError } from '#lib/kernel/errors.ts';
import { findMember } from '#lib/members/find-member.ts';
import type { AlertRow } from '#lib/model/alert-view.ts';
import { createAckTokens, readAckLink } from '#lib/notifications/ack-token.ts';
import { acknowledgeByLink } from '#lib/pipeline/respond/acknowledge-by-link.ts';
import { type ActionResult, guardedAction } from '../action.ts';
import { originOf } from '../request/request-origin.ts';
import { formText } from './form-text.ts';

/** As many alerts of a message are named on its page. */
const NAMED = 5;

/** What the page behind a link shows. */
export interface AckLinkView {
  /** Who acknowledges by it. */
  person: string;
  /** The first of its alerts, and how many there are. */
  alerts: Pick<AlertRow, 'id' | 'title' | 'severity' | 'status' | 'startsAt'>[];
  count: number;
  used: boolean;
}

/** What became of a look at a link: `gone` is one that is good for nothing, `busy` came too often from one network. */
export type AckLinkLook = { is: 'open'; view: AckLinkView } | { is: 'gone' } | { is: 'busy'; words: string };

async function openLink(context: WebContext, token: string) {
  const { config, db } = context;
  const link = await readAckLink(db, createAckTokens(config.secrets.key), token);
  const actor = link && (await findMember(db, link.userId, link.teamId, originOf(await headers())));
  return link && actor && { link, actor };
}

async function takeBudget({ budgets }: WebContext): Promise<void> {
  const { ip } = originOf(await headers());
  await budgets.acknowledge.take(`link:${networkOf(ip)}`);
}

async function viewLink(context: WebContext, token: string): Promise<AckLinkLook> {
  const opened = await openLink(context, token);
  if (!opened) return { is: 'gone' };
  const { link, actor } = opened;
  const found = await Promise.allSettled(
    link.alertIds.slice(0, NAMED).map((id) => ask(context, actor, getAlert, { id })),
  );
  const alerts = found.flatMap((result) => {
    if (result.status === 'rejected') return [];
    const { id, title, severity, status, startsAt } = result.value;
    return [{ id, title, severity, status, startsAt }];
  });
  const person = actor.name || actor.email;
  return { is: 'open', view: { person, alerts, count: link.alertIds.length, used: link.used } };
}

/** What a link stands for; looking at it changes nothing (alerting S88). */
export async function viewAckLink(token: string): Promise<AckLinkLook> {
  const context = onReserved(await webContext());
  try {
    await takeBudget(context);
  } catch (error) {
    if (error instanceof AppError && error.code === 'rate_limited')
      return { is: 'busy', words: error.message };
    throw error;
  }
  return viewLink(context, token);
}

/** The server action of the confirm page: field `token`. Only this POST acknowledges, and once (alerting S88). */
export function acknowledgeByForm(form: FormData): Promise<ActionResult<{ changed: number }>> {
  return guardedAction(async (whole) => {
    const context = onReserved(whole);
    await takeBudget(context);
    const opened = await openLink(context, formText(form, 'token'));
    if (!opened) throw new AppError('not_found', 'This link is not valid any more.');
    const { link, actor } = opened;
    return execute(context, actor, acknowledgeByLink, { notificationId: link.notificationId });
  });
}

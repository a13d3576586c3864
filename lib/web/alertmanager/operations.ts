import { z } from 'zod';
import { requirePermission } from '#lib/access/require.ts';
import {
  listGettableAlerts,
  listGettableGroups,
  listReceivers,
  matcherFilters,
} from '#lib/alerts/integrations/alertmanager-views.ts';
import { getSilence, listSilences } from '#lib/alerts/quiet/queries.ts';
import { createSilence, expireSilence, updateSilence } from '#lib/alerts/quiet/set-silence.ts';
import { execute } from '#lib/command/define-command.ts';
import { ask } from '#lib/command/define-query.ts';
import { AppError } from '#lib/kernel/errors.ts';
import type { LabelMatcher, MatchOperator } from '#lib/model/alert.ts';
import { matcherTest } from '#lib/model/label-matcher.ts';
import type { SilenceView } from '#lib/model/mute.ts';
import { receiveAlerts } from '#lib/pipeline/raise/receive-alerts.ts';
import { readJson } from '../read-json.ts';
import type { AlertmanagerOperation } from './door.ts';

/** A batch of Prometheus is 256 alerts at most. */
const MOST_BYTES = 8 * 1024 * 1024;
const MOST_ALERTS = 10_000;
/** The version of Alertmanager whose API this is: clients choose their words by it. */
const API_VERSION = '0.27.0';

/** Search parameters as the queries read them: repeated ones are lists. */
function searchOf(request: Request): Record<string, string | string[]> {
  const { searchParams } = new URL(request.url);
  return Object.fromEntries(
    [...new Set(searchParams.keys())].map((name) => {
      const values = searchParams.getAll(name);
      return [name, name === 'filter' ? values : (values[0] ?? '')];
    }),
  );
}

/** Stores what is valid; what is not is named in a 400, as Alertmanager does (alerting S66). */
const postAlerts: AlertmanagerOperation = async ({ request, context, sender }) => {
  if (!sender) throw new AppError('forbidden', 'Alerts are sent with the secret of an integration.');
  const body = await readJson(request, MOST_BYTES);
  if (!Array.isArray(body)) throw new AppError('invalid', 'The body must be a list of alerts.');
  if (body.length > MOST_ALERTS)
    throw new AppError('too_large', `Send at most ${MOST_ALERTS} alerts at once.`);
  const { refused, limited } = await receiveAlerts(context, sender, body);
  const words = [
    ...refused.map(({ index, message }) => `alert ${index}: ${message}`),
    ...[...limited].map(([name, count]) => `${count} new alerts called ${name} are above the limit`),
  ];
  return words.length === 0
    ? new Response(null, { status: 200 })
    : Response.json(words.join('\n'), { status: 400 });
};

const OPERATORS: Readonly<Record<string, MatchOperator>> = {
  'true true': '=~',
  'true false': '!~',
  'false true': '=',
  'false false': '!=',
};
const postedMatcher = z
  .object({ name: z.string(), value: z.string(), isRegex: z.boolean(), isEqual: z.boolean().default(true) })
  .transform(
    ({ name, value, isRegex, isEqual }): LabelMatcher => ({
      name,
      value,
      operator: OPERATORS[`${isRegex} ${isEqual}`] ?? '=',
    }),
  );
const momentMs = z.iso.datetime({ offset: true }).transform((text) => new Date(text).getTime());
const postedSilence = z.object({
  id: z.string().nullish(),
  matchers: z.array(postedMatcher),
  startsAt: momentMs,
  endsAt: momentMs,
  createdBy: z.string().nullish(),
  comment: z.string().nullish(),
});

function toGettableSilence(silence: SilenceView) {
  const { id, matchers, comment, createdBy, state } = silence;
  return {
    id,
    matchers: matchers.map(({ name, value, operator }) => ({
      name,
      value,
      isRegex: operator.endsWith('~'),
      isEqual: operator.startsWith('='),
    })),
    startsAt: new Date(silence.startsAt).toISOString(),
    endsAt: new Date(silence.endsAt).toISOString(),
    updatedAt: new Date(silence.updatedAt).toISOString(),
    comment,
    createdBy,
    status: { state },
  };
}

const postSilence: AlertmanagerOperation = async ({ request, context, actor }) => {
  const { id, createdBy, comment, ...posted } = postedSilence.parse(await readJson(request));
  const silence = {
    ...posted,
    comment: comment?.trim() || '(no comment)',
    ...(createdBy?.trim() ? { createdBy } : {}),
  };
  const made = id
    ? await execute(context, actor, updateSilence, { ...silence, id })
    : await execute(context, actor, createSilence, silence);
  return Response.json({ silenceID: made.id });
};

const getSilences: AlertmanagerOperation = async ({ request, context, actor }) => {
  const passes = matcherTest(matcherFilters.parse(searchOf(request).filter));
  const { items } = await ask(context, actor, listSilences, {});
  const fitting = items.filter(({ matchers }) =>
    passes(Object.fromEntries(matchers.map(({ name, value }) => [name, value]))),
  );
  return Response.json(fitting.map(toGettableSilence));
};

const getStatus: AlertmanagerOperation = async ({ context, actor }) => {
  requirePermission(actor, 'alerts:read');
  const { name, version } = context.config.app;
  return Response.json({
    cluster: { name, status: 'disabled', peers: [] },
    versionInfo: {
      version: API_VERSION,
      revision: version,
      branch: name,
      buildUser: '',
      buildDate: '',
      goVersion: '',
    },
    config: { original: '' },
    uptime: new Date(context.clock.now() - process.uptime() * 1000).toISOString(),
  });
};

/** Everything below `/api/v2/`, by method and path. */
export const alertmanagerOperations: Readonly<Record<string, AlertmanagerOperation>> = {
  'POST alerts': postAlerts,
  'GET alerts': async ({ request, context, actor }) =>
    Response.json(await ask(context, actor, listGettableAlerts, searchOf(request))),
  'GET alerts/groups': async ({ request, context, actor }) =>
    Response.json(await ask(context, actor, listGettableGroups, searchOf(request))),
  'GET receivers': async ({ context, actor }) => Response.json(await ask(context, actor, listReceivers, {})),
  'GET status': getStatus,
  'GET silences': getSilences,
  'POST silences': postSilence,
  'GET silence/{id}': async ({ context, actor }, id) =>
    Response.json(toGettableSilence(await ask(context, actor, getSilence, { id }))),
  'DELETE silence/{id}': async ({ context, actor }, id) => {
    await execute(context, actor, expireSilence, { id });
    return new Response(null, { status: 200 });
  },
};

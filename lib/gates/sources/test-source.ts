import { gateSources } from '#db/schema/gates.ts';
import { defineQuery } from '#lib/command/define-query.ts';
import { AppError } from '#lib/kernel/errors.ts';
import { type SourceTest, testSourceInput } from '#lib/model/gate-source.ts';
import { askPrometheus, prometheusClient } from '../prometheus/ask-prometheus.ts';
import { renderQuery } from '../prometheus/render-query.ts';
import { checkTemplates, checkUrl, headerFor, noSuchSource, ownSource } from './source-rows.ts';

const MINUTE_MS = 60_000;

/**
 * Asks a server one question now, as a gate would with these values; the source and its template may be written and not
 * saved. What is kept of a source goes along only to the server that it was given for.
 *
 * @throws AppError `not_found`; `invalid` for an address or a template that would be refused when it is saved
 */
export const testGateSource = defineQuery({
  name: 'gate-sources.test',
  permission: 'deployments:configure',
  feature: 'deployment_automation',
  isHeavy: true,
  input: testSourceInput,
  async run({ input, actor, db, deps, now }): Promise<SourceTest> {
    const { id, template, values, windowMinutes } = input;
    const [row] =
      id === undefined ? [] : await db.select().from(gateSources).where(ownSource(actor.teamId, id));
    if (id !== undefined && !row) throw noSuchSource();
    const url = input.url ?? row?.url;
    if (url === undefined) throw new AppError('invalid', 'Say which server is asked.');
    checkUrl(url, deps.outbound);
    checkTemplates([template]);
    const sealed = headerFor(deps, row ?? null, url, input.authorization);
    const authorization = sealed === null ? null : deps.sealer.open(sealed);
    const to = now.getTime();
    const window = { template, values, from: to - windowMinutes * MINUTE_MS, to };
    const query = renderQuery(template.query, values, windowMinutes * 60);
    const client = prometheusClient(deps.outbound);
    try {
      const outcome = await askPrometheus(client, { url, authorization }, window);
      const { kind: state } = outcome;
      return 'reason' in outcome
        ? { query, state, worst: null, points: 0, reason: outcome.reason }
        : { query, state, worst: outcome.worst, points: outcome.points, reason: null };
    } finally {
      await client.close();
    }
  },
});

import { and, eq, inArray } from 'drizzle-orm';
import type { Reader } from '#db/client.ts';
import { gateSources } from '#db/schema/gates.ts';
import type { CommandDeps } from '#lib/command/context.ts';
import { AppError } from '#lib/kernel/errors.ts';
import type { GateQuery } from '#lib/model/gate.ts';
import type { AskedOutcome } from '../judge-queries.ts';
import { askPrometheus, prometheusClient } from '../prometheus/ask-prometheus.ts';
import type { QueryValues } from '../prometheus/render-query.ts';

/** What the queries of a gate are asked about; times are Unix milliseconds. */
export interface QueryWindow {
  values: QueryValues;
  from: number;
  to: number;
}

/**
 * Asks every query of a gate, at the same time.
 *
 * @throws AppError `invalid` for a source or template that the team does not have
 */
export async function askQueries(
  db: Reader,
  deps: Pick<CommandDeps, 'outbound' | 'sealer'>,
  teamId: string,
  queries: readonly GateQuery[],
  window: QueryWindow,
): Promise<AskedOutcome[]> {
  if (queries.length === 0) return [];
  const names = queries.map(({ source }) => source);
  const sources = await db
    .select()
    .from(gateSources)
    .where(and(eq(gateSources.teamId, teamId), inArray(gateSources.name, names)));
  const found = queries.map((query, i) => {
    const source = sources.find(({ name }) => name === query.source);
    const template = source?.templates.find(({ name }) => name === query.template);
    if (source && template) return { query, source, template };
    const [field, message] = source
      ? ['template', 'The source has no such template.']
      : ['source', 'There is no such source of gates.'];
    throw new AppError('invalid', message, { issues: [{ path: `gate.queries.${i}.${field}`, message }] });
  });
  const client = prometheusClient(deps.outbound);
  try {
    return await Promise.all(
      found.map(async ({ query, source, template }) => {
        const { url, sealedAuthorization } = source;
        const authorization = sealedAuthorization === null ? null : deps.sealer.open(sealedAuthorization);
        const outcome = await askPrometheus(client, { url, authorization }, { template, ...window });
        return { query, passes: template.passes, outcome };
      }),
    );
  } finally {
    await client.close();
  }
}

import { eq } from 'drizzle-orm';
import type { Tx } from '#db/client.ts';
import { gateSources } from '#db/schema/gates.ts';
import { AppError } from '#lib/kernel/errors.ts';
import type { DeploymentGate } from '#lib/model/deployment-gate.ts';

/**
 * A gate that asks what nobody can answer would hold every deployment.
 *
 * @throws AppError `invalid` for a query whose source or template the team does not have
 */
export async function requireSources(tx: Tx, teamId: string, gate: DeploymentGate | null): Promise<void> {
  const queries = gate?.definition.queries ?? [];
  if (queries.length === 0) return;
  const sources = await tx
    .select({ name: gateSources.name, templates: gateSources.templates })
    .from(gateSources)
    .where(eq(gateSources.teamId, teamId));
  const issues = queries.flatMap(({ source, template }, i) => {
    const known = sources.find(({ name }) => name === source);
    if (known?.templates.some(({ name }) => name === template)) return [];
    const [field, message] = known
      ? ['template', 'The source has no such template.']
      : ['source', 'There is no such source of gates.'];
    return [{ path: `gate.definition.queries.${i}.${field}`, message }];
  });
  if (issues.length > 0) throw new AppError('invalid', 'Some values are not valid.', { issues });
}

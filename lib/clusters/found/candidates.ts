import { and, asc, eq, inArray, isNull, or } from 'drizzle-orm';
import type { Reader } from '#db/client.ts';
import { agents } from '#db/schema/agents.ts';
import type { AgentFacts } from '#lib/model/cluster-agent.ts';

/** More of a name than anybody would choose from. */
const MOST = 1000;

/** Agents of the team that any of the found ones may be. */
export async function candidatesFor(db: Reader, teamId: string, found: readonly AgentFacts['telemetry'][]) {
  const names = [...new Set(found.flatMap((telemetry) => telemetry.names))];
  const ids = found.flatMap(({ agentId }) => agentId ?? []);
  if (names.length + ids.length === 0) return [];
  return db
    .select({
      ...{ id: agents.id, name: agents.name, environment: agents.environment },
      serviceNamespace: agents.serviceNamespace,
    })
    .from(agents)
    .where(
      and(
        eq(agents.teamId, teamId),
        isNull(agents.deletedAt),
        or(
          names.length > 0 ? inArray(agents.name, names) : undefined,
          ids.length > 0 ? inArray(agents.id, ids) : undefined,
        ),
      ),
    )
    .orderBy(asc(agents.name), asc(agents.environment))
    .limit(MOST);
}

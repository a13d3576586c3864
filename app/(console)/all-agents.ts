import { listAgents } from '#lib/agents/queries.ts';
import type { AgentRow } from '#lib/model/agent-view.ts';
import { read } from '#lib/web/session.ts';

const PAGE_SIZE = 1000;
/** Beyond these the page shows what is live of an agent and leaves out what only the list knows. */
const MOST_PAGES = 5;

/** The agents of the team, those that need attention first. */
export async function allAgents(): Promise<AgentRow[]> {
  const all: AgentRow[] = [];
  let cursor: string | null = null;
  for (let pages = 0; pages < MOST_PAGES && (pages === 0 || cursor !== null); pages++) {
    const page: { items: AgentRow[]; nextCursor: string | null } = await read(listAgents, {
      limit: PAGE_SIZE,
      ...(cursor !== null && { cursor }),
    });
    all.push(...page.items);
    cursor = page.nextCursor;
  }
  return all;
}

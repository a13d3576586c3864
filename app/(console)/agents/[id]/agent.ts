import { cache } from 'react';
import { getAgent } from '#lib/agents/queries.ts';
import { read } from '#lib/web/session.ts';

/** The agent of a page, read once for its layout and its tab; unknown ids end in "not found". */
export const agentOfPage = cache((id: string) => read(getAgent, { id }));

export interface AgentPageProps {
  params: Promise<{ id: string }>;
}

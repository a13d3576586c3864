import { notFound } from 'next/navigation';
import { cache } from 'react';
import { z } from 'zod';
import { getAgent } from '#lib/agents/queries.ts';
import { read } from '#lib/web/session.ts';

/** The agent of a page, read once for its layout and its tab; unknown ids, and what is no id, end in "not found". */
export const agentOfPage = cache((id: string) =>
  z.uuid().safeParse(id).success ? read(getAgent, { id }) : notFound(),
);

export interface AgentPageProps {
  params: Promise<{ id: string }>;
}

import { z } from 'zod';

/** What the host of a deployment's source says of it: commit, pull request, workflow, and what is new in it. */

const commitSchema = z.object({
  sha: z.string(),
  message: z.string().describe('Its first line'),
  author: z.string().nullable(),
  url: z.string(),
});
const pullRequestSchema = z.object({
  number: z.int(),
  title: z.string(),
  url: z.string(),
  state: z.enum(['open', 'closed']),
  mergedAt: z.int().nullable(),
});
const runSchema = z.object({
  id: z.int(),
  status: z.string(),
  conclusion: z.string().nullable().describe('Null while it runs'),
  url: z.string(),
});

/** Commits between what ran before and what is deployed. */
export const releaseNotesSchema = z.object({
  baseSha: z.string().describe('The commit that ran before'),
  total: z.int().describe('So many commits there are; the host may list fewer'),
  url: z.string(),
  commits: z.array(commitSchema).describe('The latest last'),
  pullRequests: z.array(z.int()).describe('Numbers of pull requests that the commits name'),
});
export type ReleaseNotes = z.infer<typeof releaseNotesSchema>;

export const sourceFactsSchema = z.object({
  commit: commitSchema.nullable(),
  pullRequest: pullRequestSchema.nullable().describe('The one that brought the commit'),
  run: runSchema.nullable().describe('The run of a workflow that built it, where one is known'),
  readAt: z.int().nullable().describe('When its host was last asked'),
  error: z.string().nullable().describe('Why its host could not be asked; null: it could'),
});
export type SourceFacts = z.infer<typeof sourceFactsSchema>;

/** As it is kept on the deployment. */
export interface KeptSource extends SourceFacts {
  notes: ReleaseNotes | null;
  failures: number;
}

/** The pull requests that messages of commits name, as GitHub writes them when it merges. */
export function pullRequestsIn(messages: readonly string[]): number[] {
  const numbers = messages.flatMap((message) => {
    const named = /^Merge pull request #(\d{1,9})\b|\(#(\d{1,9})\)\s*$/.exec(message);
    return named ? [Number(named[1] ?? named[2])] : [];
  });
  return [...new Set(numbers)];
}

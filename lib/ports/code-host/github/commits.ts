import { z } from 'zod';
import type { CodeHost, HostCommit } from '../port.ts';
import type { Call } from './client.ts';

/** Commits of a comparison that are read. */
const MOST_COMMITS = 100;

const commitSchema = z
  .object({
    sha: z.string().regex(/^[0-9a-f]{40,64}$/),
    html_url: z.string(),
    commit: z.object({ message: z.string(), author: z.object({ name: z.string().optional() }).nullable() }),
  })
  .transform(
    ({ sha, html_url: url, commit: { message, author } }): HostCommit => ({
      ...{ sha, url, message: message.split('\n')[0] ?? '', author: author?.name ?? null },
    }),
  );
const comparisonSchema = z.object({
  html_url: z.string(),
  total_commits: z.int(),
  commits: z.array(commitSchema),
});
const pullsSchema = z.array(
  z.object({
    number: z.int(),
    title: z.string(),
    html_url: z.string(),
    state: z.enum(['open', 'closed']),
    merged_at: z.string().nullable(),
  }),
);

/** What is read of commits. */
export function commitOperations(
  call: Call,
): Pick<CodeHost, 'check' | 'resolveRef' | 'compare' | 'pullRequestOf'> {
  return {
    async check(repository) {
      await call(repository, 'look', z.unknown(), ({ octokit, owner, repo }) =>
        octokit.rest.repos.get({ owner, repo }),
      );
    },
    resolveRef: (repository, ref) =>
      call(repository, 'look', commitSchema, ({ octokit, owner, repo }) =>
        octokit.rest.repos.getCommit({ owner, repo, ref }),
      ),
    async compare(repository, base, head) {
      const read = await call(repository, 'look', comparisonSchema, ({ octokit, owner, repo }) =>
        octokit.rest.repos.compareCommitsWithBasehead({
          ...{ owner, repo, basehead: `${base}...${head}`, per_page: MOST_COMMITS },
        }),
      );
      return { commits: read.commits, total: read.total_commits, url: read.html_url };
    },
    async pullRequestOf(repository, sha) {
      const pulls = await call(repository, 'pulls', pullsSchema, ({ octokit, owner, repo }) =>
        octokit.rest.repos.listPullRequestsAssociatedWithCommit({ owner, repo, commit_sha: sha }),
      );
      const found = pulls.find(({ merged_at: at }) => at !== null) ?? pulls[0];
      if (!found) return null;
      const { number, title, html_url: url, state, merged_at: at } = found;
      return { number, title, url, state, mergedAt: at === null ? null : Date.parse(at) };
    },
  };
}

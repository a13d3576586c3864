import { z } from 'zod';
import { AppError, isAppError } from '#lib/kernel/errors.ts';
import type { CodeHost, HostedRepository, WorkflowDispatch } from '../port.ts';
import type { Call } from './client.ts';

/** GitHub's own limit (deployment S-93). */
const MOST_INPUTS = 25;
/** Runs that are looked through for one of ours. */
const RECENT_RUNS = 50;

const runSchema = z.object({
  id: z.int(),
  name: z.string().nullish(),
  display_title: z.string(),
  status: z.string().nullable(),
  conclusion: z.string().nullable(),
  html_url: z.string(),
  head_sha: z.string(),
});
const runsSchema = z.object({ workflow_runs: z.array(runSchema) });
/** 200 names the run; 204, of older servers, says nothing. */
const startedSchema = z.object({ workflow_run_id: z.int() }).nullable().catch(null);

/** Dispatches of workflows and their runs (deployment S-93). */
export function workflowOperations(call: Call): Pick<CodeHost, 'dispatch' | 'findRun' | 'getRun'> {
  const start = (repository: HostedRepository, { workflow, ref, inputs, correlation }: WorkflowDispatch) =>
    call(repository, 'run', startedSchema, ({ octokit, owner, repo }) =>
      // The types of the endpoint lag behind: they know no `return_run_details` yet (pitfall O7).
      octokit.request('POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches', {
        ...{ owner, repo, workflow_id: workflow, ref, return_run_details: true },
        inputs: { ...inputs, ...(correlation && { [correlation.input]: correlation.id }) },
      }),
    );
  /** The run that repeats what was made up for it, never merely the latest. */
  const find = async (
    repository: HostedRepository,
    { workflow, correlation }: WorkflowDispatch,
  ): Promise<number | null> => {
    if (correlation === null) return null;
    const { workflow_runs: runs } = await call(repository, 'run', runsSchema, ({ octokit, owner, repo }) =>
      octokit.rest.actions.listWorkflowRuns({
        ...{ owner, repo, workflow_id: workflow, event: 'workflow_dispatch', per_page: RECENT_RUNS },
      }),
    );
    const names = (run: z.output<typeof runSchema>) => `${run.name} ${run.display_title}`;
    return runs.find((run) => names(run).includes(correlation.id))?.id ?? null;
  };
  return {
    findRun: find,
    async dispatch(repository, asked) {
      const count = Object.keys(asked.inputs).length + (asked.correlation ? 1 : 0);
      if (count > MOST_INPUTS)
        throw new AppError('invalid', `A workflow takes ${MOST_INPUTS} inputs at most.`);
      // Who asks again after an answer that was lost finds the run that there is.
      const before = await find(repository, asked);
      if (before !== null) return before;
      try {
        const started = await start(repository, asked);
        return started?.workflow_run_id ?? (await find(repository, asked));
      } catch (error) {
        if (!isAppError(error) || error.code !== 'unavailable') throw error;
        const found = await find(repository, asked);
        if (found === null) throw error;
        return found;
      }
    },
    async getRun(repository, id) {
      const run = await call(repository, 'run', runSchema, ({ octokit, owner, repo }) =>
        octokit.rest.actions.getWorkflowRun({ owner, repo, run_id: id }),
      );
      const { status, conclusion, html_url: url, head_sha: sha } = run;
      return { id: run.id, status: status ?? 'unknown', conclusion, url, sha };
    },
  };
}

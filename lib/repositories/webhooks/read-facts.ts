import { z } from 'zod';
import type { DeliveryFacts } from '#lib/model/repository-schema.ts';
import { toStorable } from '#lib/model/storable-text.ts';

const LONGEST = 500;
/** Nobody is there to correct a payload: what can't be stored is left out of a text, what is no text is none. */
const text = z
  .string()
  .transform((value) => toStorable(value).slice(0, LONGEST))
  .nullish()
  .catch(null);
const flag = z.boolean().nullish().catch(null);
const repository = z.looseObject({ full_name: text, fork: flag }).nullish().catch(null);

/** The fields of GitHub's payloads that anything here asks for; all else is passed over. */
const payloadSchema = z.looseObject({
  action: text,
  repository,
  sender: z.looseObject({ login: text }).nullish().catch(null),
  ref: text,
  after: text,
  deleted: flag,
  release: z.looseObject({ tag_name: text, draft: flag }).nullish().catch(null),
  workflow_run: z
    .looseObject({
      id: z.int().nullish().catch(null),
      path: text,
      head_branch: text,
      head_sha: text,
      conclusion: text,
      head_repository: repository,
    })
    .nullish()
    .catch(null),
});
type Payload = z.output<typeof payloadSchema>;
type Told = Pick<DeliveryFacts, 'ref' | 'sha' | 'workflow' | 'runId' | 'unfit'> & { isFromFork?: boolean };

const nothing = { ref: null, sha: null, workflow: null };
const shaOf = (sent: string | null | undefined) =>
  /^[0-9a-f]{40,64}$/.test(sent ?? '') ? (sent ?? null) : null;

function ofPush({ ref, after, deleted }: Payload): Told {
  const unfit = deleted === true ? 'The branch or tag was deleted.' : null;
  return { ref: ref ?? null, sha: deleted === true ? null : shaOf(after), workflow: null, unfit };
}

function ofRelease({ action, release }: Payload): Told {
  const tag = release?.tag_name;
  const isOut = action === 'published' && release?.draft !== true;
  return {
    ...nothing,
    ref: tag ? `refs/tags/${tag}` : null,
    unfit: isOut ? null : 'Only a published release starts something.',
  };
}

/** Where a run's source came from is told by its head repository; one that is gone may have been a fork. */
function ofRun({ action, repository: own, workflow_run: run }: Payload): Told {
  const isGood = action === 'completed' && run?.conclusion === 'success';
  const branch = run?.head_branch;
  return {
    ref: branch ? `refs/heads/${branch}` : null,
    sha: shaOf(run?.head_sha),
    runId: run?.id ?? null,
    workflow: run?.path?.split('@')[0]?.split('/').at(-1) ?? null,
    unfit: isGood ? null : 'Only a run that succeeded starts something.',
    isFromFork: run?.head_repository?.full_name?.toLowerCase() !== own?.full_name?.toLowerCase(),
  };
}

function told(event: string, payload: Payload): Told {
  if (event === 'push') return ofPush(payload);
  if (event === 'release') return ofRelease(payload);
  if (event === 'workflow_run') return ofRun(payload);
  return { ...nothing, unfit: 'Events of this kind start nothing.' };
}

/**
 * What a payload says, of whatever shape it is.
 *
 * @param event `X-GitHub-Event`
 */
export function readFacts(event: string, parsed: unknown): { action: string | null; facts: DeliveryFacts } {
  const payload = payloadSchema.catch({} as Payload).parse(parsed);
  const { isFromFork = false, ...said } = told(event, payload);
  return {
    action: payload.action ?? null,
    facts: {
      ...said,
      repository: payload.repository?.full_name ?? null,
      isFork: isFromFork || payload.repository?.fork === true,
      sender: payload.sender?.login ?? null,
    },
  };
}

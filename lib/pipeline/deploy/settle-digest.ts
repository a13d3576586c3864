import { databaseNow } from '#db/now.ts';
import type { DeploymentRecord } from '#lib/deployments/move-deployment.ts';
import { isAppError } from '#lib/kernel/errors.ts';
import { shortDigest } from '#lib/model/image-host.ts';
import type { ImageSource } from '#lib/registries/image-source.ts';
import { fail, note, type SettleTools } from './settle.ts';

export interface DigestTools extends SettleTools {
  images: ImageSource;
}

/** A registry that does not answer is asked again for so long, and this often, milliseconds. */
const GIVE_UP_MS = 5 * 60_000;
const ASK_AGAIN_MS = 10_000;
const ASK_MS = 20_000;
/** What a registry answers for good: waiting changes nothing. */
const FINAL = new Set(['unauthenticated', 'forbidden', 'invalid']);

/** What is next: it goes on as it is now, or is due again in so many milliseconds; null: it is over. */
export type Resolved = { row: DeploymentRecord } | { due: number | null };

const OTHERWISE = 'Give the digest, or deploy by the tag alone.';

async function withoutAnswer(tools: DigestTools, row: DeploymentRecord, error: unknown): Promise<Resolved> {
  if (!isAppError(error)) throw error;
  const { code, message, retryAfterSeconds } = error;
  if (code === 'not_found') {
    await fail(tools, row, 'IMAGE_NOT_FOUND', message);
    return { due: null };
  }
  const at = await databaseNow(tools.db);
  const deadline = row.resolveDeadlineAt ?? new Date(at.getTime() + GIVE_UP_MS);
  if (FINAL.has(code) || deadline <= at) {
    await fail(tools, row, 'REGISTRY_FAILED', `The tag could not be looked up: ${message} ${OTHERWISE}`);
    return { due: null };
  }
  if (row.resolveDeadlineAt === null)
    await note(tools, row, { code: 'registry.unreachable', message, set: { resolveDeadlineAt: deadline } });
  return { due: Math.max(ASK_AGAIN_MS, (retryAfterSeconds ?? 0) * 1000) };
}

const ask = ({ images }: DigestTools, row: DeploymentRecord, signal: AbortSignal) =>
  images.resolve(row.teamId, row.image, row.version, AbortSignal.any([signal, AbortSignal.timeout(ASK_MS)]));

/**
 * Looks up what the tag of a deployment stands for, as soon as it was asked for: whoever approves it approves that
 * (deployment S-67).
 */
export async function resolveTag(
  tools: DigestTools,
  row: DeploymentRecord,
  signal: AbortSignal,
): Promise<Resolved> {
  try {
    const { digest, platforms: platformDigests } = await ask(tools, row, signal);
    const message = `${row.image}:${row.version} is ${shortDigest(digest)}`;
    const set = { digest, platformDigests, resolveDeadlineAt: null };
    return { row: await note(tools, row, { code: 'tag.resolved', message, set }) };
  } catch (error) {
    if (signal.aborted) return { due: ASK_AGAIN_MS };
    return withoutAnswer(tools, row, error);
  }
}

/**
 * Looks whether a tag still stands for what was approved. One that moved blocks: somebody has to say which of the two
 * is meant. A registry that does not answer does not: what is applied is the digest that was approved (deployment S-67).
 */
export async function refuseMovedTag(
  tools: DigestTools,
  row: DeploymentRecord,
  signal: AbortSignal,
): Promise<Resolved> {
  let now: string | null;
  try {
    now = (await ask(tools, row, signal)).digest;
  } catch (error) {
    if (signal.aborted) return { due: ASK_AGAIN_MS };
    if (!isAppError(error)) throw error;
    if (error.code !== 'not_found') {
      const message = `Whether the tag has moved could not be seen: ${error.message} The digest is applied that it stood for.`;
      return { row: await note(tools, row, { code: 'tag.unchecked', message }) };
    }
    now = null;
  }
  if (now === row.digest) return { row };
  const was = shortDigest(row.digest ?? '');
  const message =
    now === null
      ? `The tag ${row.version} is gone; it stood for ${was} when this was asked for.`
      : `The tag ${row.version} has moved from ${was} to ${shortDigest(now)} since this was asked for.`;
  await fail(tools, row, 'TAG_MOVED', message);
  return { due: null };
}

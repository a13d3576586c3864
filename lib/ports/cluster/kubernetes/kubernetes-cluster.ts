import type { Clock } from '#lib/kernel/clock.ts';
import { fieldAt, recordsAt, textAt } from '#lib/model/json-fields.ts';
import {
  type AccessAnswer,
  type AccessQuestion,
  type Cluster,
  ClusterError,
  type ClusterMeter,
  type ClusterObject,
  type ObjectKind,
  type ObjectPatch,
  type Watch,
} from '../port.ts';
import { WATCH_PACE, type WatchPace } from './backoff.ts';
import { type ConnectionOptions, openConnection } from './connection.ts';
import { listObjects } from './list-objects.ts';
import { podLogs } from './logs.ts';
import { objectPath, rootOf } from './paths.ts';
import { createTransport, type Transport } from './transport.ts';
import { startWatch } from './watch.ts';

const PATCH_TYPES: Readonly<Record<ObjectPatch['form'], string>> = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
};
const APPLY = 'application/apply-patch+yaml';
const REVIEWS = `${rootOf('authorization.k8s.io/v1')}/selfsubjectaccessreviews`;
/** How many questions are asked at once. */
const QUESTIONS_AT_ONCE = 8;

export interface KubernetesOptions extends ConnectionOptions {
  clock: Clock;
  /** A handler of a watch threw. */
  onBug(error: unknown): void;
  pace?: WatchPace;
  meter?: ClusterMeter;
}

function asObject(answer: unknown): ClusterObject {
  if (textAt(answer, 'kind') && fieldAt(answer, 'metadata')) return answer as ClusterObject;
  throw new ClusterError('failed', 'The cluster answered with something that is no object.');
}

async function orNull<Result>(asked: Promise<Result>): Promise<Result | null> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof ClusterError && error.code === 'not_found') return null;
    throw error;
  }
}

async function kindsOf(transport: Transport, group: string, signal: AbortSignal): Promise<ObjectKind[]> {
  const found =
    group === ''
      ? null
      : await orNull(transport.json({ method: 'GET', path: `/apis/${encodeURIComponent(group)}` }, signal));
  if (group !== '' && found === null) return [];
  const apiVersion = group === '' ? 'v1' : textAt(found, 'preferredVersion', 'groupVersion');
  if (apiVersion === null) return [];
  const served = await transport.json({ method: 'GET', path: rootOf(apiVersion) }, signal);
  return recordsAt(served, 'resources').flatMap((resource): ObjectKind[] => {
    const [plural, kind] = [textAt(resource, 'name'), textAt(resource, 'kind')];
    return plural && kind && !plural.includes('/') ? [{ apiVersion, kind, plural }] : [];
  });
}

async function mayI(
  transport: Transport,
  question: AccessQuestion,
  signal: AbortSignal,
): Promise<AccessAnswer> {
  const body = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectAccessReview',
    spec: { resourceAttributes: question },
  };
  const answer = await transport.json({ method: 'POST', path: REVIEWS, body }, signal);
  const isAllowed = fieldAt(answer, 'status', 'allowed') === true;
  return { isAllowed, reason: textAt(answer, 'status', 'reason') || null };
}

/**
 * Opens a cluster. Nothing is sent before the first call.
 *
 * @throws ClusterError when its address may not be called or there are no credentials
 */
export async function openKubernetes(options: KubernetesOptions): Promise<Cluster> {
  const { clock, onBug, pace = WATCH_PACE, meter } = options;
  const connection = await openConnection(options);
  const transport = createTransport(connection, clock, meter);
  const watches = new Set<Watch>();
  const end = (watch: Watch): void => {
    watches.delete(watch);
    meter?.watchEnded(watch);
    watch.stop();
  };
  return {
    kindsOf: (group, signal) => kindsOf(transport, group, signal),
    async read(ref, signal) {
      const answer = await orNull(transport.json({ method: 'GET', path: objectPath(ref) }, signal));
      return answer === null ? null : asObject(answer);
    },
    list: async (place, query, signal) => (await listObjects(transport, place, query, signal)).objects,
    async apply(ref, object, { fieldManager, force, dryRun }, signal) {
      const { managedFields: _, ...metadata } = object.metadata;
      const query = { fieldManager, ...(force && { force: 'true' }), ...(dryRun && { dryRun: 'All' }) };
      // JSON is YAML: the body is sent as it is, with every field that anybody knows of (deployment S-01, S-11).
      const body = { ...object, metadata };
      return asObject(
        await transport.json(
          { method: 'PATCH', path: objectPath(ref), query, body, contentType: APPLY },
          signal,
        ),
      );
    },
    async patch(ref, patch, { dryRun, subresource }, signal) {
      const path = subresource ? `${objectPath(ref)}/${subresource}` : objectPath(ref);
      const query: Record<string, string> = dryRun ? { dryRun: 'All' } : {};
      const body = patch.form === 'json' ? patch.operations : patch.body;
      return asObject(
        await transport.json(
          { method: 'PATCH', path, query, body, contentType: PATCH_TYPES[patch.form] },
          signal,
        ),
      );
    },
    async remove(ref, signal) {
      await orNull(transport.json({ method: 'DELETE', path: objectPath(ref) }, signal));
    },
    async mayI(questions, signal) {
      const answers: AccessAnswer[] = [];
      for (let start = 0; start < questions.length; start += QUESTIONS_AT_ONCE) {
        const some = questions.slice(start, start + QUESTIONS_AT_ONCE);
        answers.push(...(await Promise.all(some.map((question) => mayI(transport, question, signal)))));
      }
      return answers;
    },
    watch(place, query, handlers) {
      const watch = startWatch({ transport, clock, pace, onBug }, place, query, handlers);
      watches.add(watch);
      meter?.watchBegan(place.kind, watch);
      return { lastEventMs: () => watch.lastEventMs(), stop: () => end(watch) };
    },
    logs: (pod, query, signal) => podLogs(transport, pace, pod, query, signal),
    async close() {
      for (const watch of [...watches]) end(watch);
      await connection.close();
    },
  };
}

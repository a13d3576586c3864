import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fieldAt, numberAt } from '#lib/model/json-fields.ts';
import type { ApplyOptions, Cluster, ClusterObject, ObjectKind, ObjectRef } from './port.ts';

/** A cluster that the contract may write to, and the namespace that it may use there. */
export interface ClusterGround {
  cluster: Cluster;
  namespace: string;
  close(): Promise<void>;
}

const DEPLOYMENTS: ObjectKind = { apiVersion: 'apps/v1', kind: 'Deployment', plural: 'deployments' };
const CONFIG_MAPS: ObjectKind = { apiVersion: 'v1', kind: 'ConfigMap', plural: 'configmaps' };
const REPLICA_SETS: ObjectKind = { apiVersion: 'apps/v1', kind: 'ReplicaSet', plural: 'replicasets' };

const MANAGER = { fieldManager: 'pitwall', force: false, dryRun: false } satisfies ApplyOptions;
const soon = (): AbortSignal => AbortSignal.timeout(20_000);

/** Asks again until it is so: what controllers do takes them a moment. */
async function until<Result>(ask: () => Promise<Result>, isSo: (result: Result) => boolean): Promise<Result> {
  const end = Date.now() + 60_000;
  for (;;) {
    const result = await ask();
    if (isSo(result)) return result;
    if (Date.now() > end) throw new Error(`did not come about: ${JSON.stringify(result)}`);
    await delay(20);
  }
}

/** The promise of the port, for the in-process API server and for a real cluster alike. */
export function clusterContract(name: string, makeGround: () => Promise<ClusterGround>): void {
  describe(`cluster ${name}`, { timeout: 90_000 }, () => {
    let ground: ClusterGround;
    const made: ObjectRef[] = [];
    beforeAll(async () => {
      ground = await makeGround();
    });
    afterAll(async () => {
      await Promise.all(made.map((ref) => ground.cluster.remove(ref, soon())));
      await ground.close();
    });

    /** An object of its own for each test. */
    function fresh(kind: ObjectKind): ObjectRef {
      const ref = { kind, namespace: ground.namespace, name: `pitwall-${randomUUID().slice(0, 8)}` };
      made.push(ref);
      return ref;
    }

    const configMap = ({ name: own, namespace }: ObjectRef, data: Record<string, string>): ClusterObject => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: own, namespace, labels: { 'pitwall.dev/contract': own } },
      data,
    });

    function deployment({ name: own, namespace }: ObjectRef, note = 'first', replicas = 1): ClusterObject {
      const labels = { app: own };
      const spec = { containers: [{ name: 'app', image: 'registry.k8s.io/pause:3.9' }] };
      const template = { metadata: { labels, annotations: { note } }, spec };
      return {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: own, namespace },
        spec: { replicas, selector: { matchLabels: labels }, template },
      };
    }

    const apply = (ref: ObjectRef, object: ClusterObject, options: Partial<ApplyOptions> = {}) =>
      ground.cluster.apply(ref, object, { ...MANAGER, ...options }, soon());

    it('deployment S-01, S-02: an apply makes an object, and takes back what it no longer says', async () => {
      const ref = fresh(CONFIG_MAPS);
      expect(await ground.cluster.read(ref, soon())).toBeNull();
      await apply(ref, configMap(ref, { kept: '1', dropped: '2' }));
      await apply(ref, configMap(ref, { kept: '1' }));
      expect((await ground.cluster.read(ref, soon()))?.data).toEqual({ kept: '1' });
    });

    it('deployment S-02: an object that was read can be applied: what the cluster notes of its managers stays behind', async () => {
      const ref = fresh(CONFIG_MAPS);
      const { metadata, ...rest } = await apply(ref, configMap(ref, { a: '1' }));
      expect(metadata.managedFields).toBeDefined();
      const { resourceVersion: _, uid: __, creationTimestamp: ___, ...kept } = metadata;
      await expect(apply(ref, { ...rest, metadata: kept })).resolves.toBeDefined();
    });

    it('deployment S-07: the same apply twice changes neither the generation nor the ReplicaSets', async () => {
      const ref = fresh(DEPLOYMENTS);
      const sets = () =>
        ground.cluster.list(
          { kind: REPLICA_SETS, namespace: ref.namespace },
          { labelSelector: `app=${ref.name}` },
          soon(),
        );
      const first = await apply(ref, deployment(ref));
      await until(sets, (found) => found.length === 1);
      const second = await apply(ref, deployment(ref));
      expect(second.metadata.generation).toBe(first.metadata.generation);
      await until(
        () => ground.cluster.read(ref, soon()),
        (live) => numberAt(live, 'status', 'observedGeneration') === second.metadata.generation,
      );
      expect(await sets()).toHaveLength(1);
    });

    it('deployment S-03, S-04: fields of others are a conflict that names them, and are taken only by force', async () => {
      const ref = fresh(CONFIG_MAPS);
      await apply(ref, configMap(ref, { shared: 'theirs' }), { fieldManager: 'somebody-else' });
      await expect(apply(ref, configMap(ref, { shared: 'ours' }))).rejects.toMatchObject({
        code: 'field_conflict',
        httpStatus: 409,
        causes: [{ field: '.data.shared', manager: 'somebody-else' }],
      });
      expect((await ground.cluster.read(ref, soon()))?.data).toEqual({ shared: 'theirs' });
      const forced = await apply(ref, configMap(ref, { shared: 'ours' }), { force: true });
      expect(forced.data).toEqual({ shared: 'ours' });
    });

    it('deployment S-12, S-13: a dry run answers with what would be, and changes nothing', async () => {
      const ref = fresh(CONFIG_MAPS);
      const live = await apply(ref, configMap(ref, { a: '1' }));
      const would = await apply(ref, configMap(ref, { a: '2' }), { dryRun: true });
      expect(would.data).toEqual({ a: '2' });
      const after = await ground.cluster.read(ref, soon());
      expect(after?.metadata.resourceVersion).toBe(live.metadata.resourceVersion);
      expect(after?.data).toEqual({ a: '1' });
    });

    it('deployment S-40, S-48: patches of all three forms are what they say they are', async () => {
      const ref = fresh(DEPLOYMENTS);
      await apply(ref, deployment(ref));
      const patch = (asked: Parameters<Cluster['patch']>[1]) =>
        ground.cluster.patch(ref, asked, { dryRun: false }, soon());
      const at = '2026-11-29T12:00:00Z';
      const annotations = { 'kubectl.kubernetes.io/restartedAt': at };
      // A strategic patch leaves the other containers and annotations alone.
      const restarted = await patch({
        form: 'strategic',
        body: { spec: { template: { metadata: { annotations } } } },
      });
      expect(fieldAt(restarted, 'spec', 'template', 'metadata', 'annotations')).toEqual({
        note: 'first',
        ...annotations,
      });
      const merged = await patch({ form: 'merge', body: { metadata: { labels: { tier: 'one' } } } });
      expect(merged.metadata.labels).toMatchObject({ tier: 'one' });
      const replaced = await patch({
        form: 'json',
        operations: [
          { op: 'replace', path: '/spec/template/metadata/annotations', value: { note: 'second' } },
        ],
      });
      expect(fieldAt(replaced, 'spec', 'template', 'metadata', 'annotations')).toEqual({ note: 'second' });
    });

    it('deployment S-49: the number of replicas is changed through the scale of a workload', async () => {
      const ref = fresh(DEPLOYMENTS);
      await apply(ref, deployment(ref));
      const body = { spec: { replicas: 2 } };
      const scale = await ground.cluster.patch(
        ref,
        { form: 'merge', body },
        { dryRun: false, subresource: 'scale' },
        soon(),
      );
      expect(scale.kind).toBe('Scale');
      expect(numberAt(await ground.cluster.read(ref, soon()), 'spec', 'replicas')).toBe(2);
    });

    it('a list holds what its labels select, each with its kind, and what was removed is gone', async () => {
      const ref = fresh(CONFIG_MAPS);
      const place = { kind: CONFIG_MAPS, namespace: ref.namespace };
      const listed = () =>
        ground.cluster.list(place, { labelSelector: `pitwall.dev/contract=${ref.name}` }, soon());
      await apply(ref, configMap(ref, { a: '1' }));
      expect(await listed()).toMatchObject([
        { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: ref.name } },
      ]);
      await ground.cluster.remove(ref, soon());
      expect(await listed()).toEqual([]);
      // Once more is no error: it is gone.
      await ground.cluster.remove(ref, soon());
    });

    it('what a cluster does not accept is refused in its own words', async () => {
      const ref = fresh(CONFIG_MAPS);
      const named = configMap({ ...ref, name: 'Not_A_Name' }, {});
      await expect(apply({ ...ref, name: 'Not_A_Name' }, named)).rejects.toMatchObject({
        code: 'invalid',
        message: expect.stringContaining('Not_A_Name'),
      });
    });

    it('the kinds of a group are those that are served at the version it prefers, and none of one that is not there', async () => {
      expect(await ground.cluster.kindsOf('apps', soon())).toContainEqual(DEPLOYMENTS);
      expect(await ground.cluster.kindsOf('', soon())).toContainEqual(CONFIG_MAPS);
      expect(await ground.cluster.kindsOf('nobody.example', soon())).toEqual([]);
    });

    it('deployment S-73: the cluster says what we may do, in the order of the questions', async () => {
      const { namespace } = ground;
      const question = { verb: 'patch', group: 'apps', resource: 'deployments', namespace };
      const answers = await ground.cluster.mayI([question, { ...question, subresource: 'scale' }], soon());
      expect(answers.map(({ isAllowed }) => isAllowed)).toEqual([true, true]);
    });

    it('deployment S-75, S-80: a watch tells what is there, what changes and what goes, until it is stopped', async () => {
      const ref = fresh(CONFIG_MAPS);
      await apply(ref, configMap(ref, { a: '1' }));
      const told: string[] = [];
      const label = `pitwall.dev/contract=${ref.name}`;
      const of = (object: ClusterObject) => `${fieldAt(object, 'data', 'a')}`;
      const watch = ground.cluster.watch(
        { kind: CONFIG_MAPS, namespace: ref.namespace },
        { labelSelector: label },
        {
          onList: (objects) => told.push(`list ${objects.map(of)}`),
          onChange: (object) => told.push(`change ${of(object)}`),
          onDelete: (object) => told.push(`delete ${object.metadata.name === ref.name}`),
          onStale: () => told.push('stale'),
        },
      );
      const hears = (line: string) =>
        until(
          async () => told,
          (lines) => lines.includes(line),
        );
      await hears('list 1');
      await apply(ref, configMap(ref, { a: '2' }));
      await hears('change 2');
      await ground.cluster.remove(ref, soon());
      await hears('delete true');
      watch.stop();
      expect(told).toEqual(['list 1', 'change 2', 'delete true']);
      expect(watch.lastEventMs()).not.toBeNull();
    });
  });
}

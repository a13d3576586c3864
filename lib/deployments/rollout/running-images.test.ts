import { expect, test } from 'vitest';
import type { ClusterObject } from '#lib/ports/cluster/port.ts';
import { runningImages } from './running-images.ts';

const digest = (letter: string) => `sha256:${letter.repeat(64)}`;
const set: ClusterObject = { apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata: { name: 's', uid: 'set' } };
const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 's', uid: 'set', controller: true };

function pod(imageID: string | null, metadata: object = {}, name = 'agent'): ClusterObject {
  const status = {
    containerStatuses: [
      { name: 'sidecar', imageID: `x@${digest('f')}` },
      { name, imageID },
    ],
  };
  return {
    ...{ apiVersion: 'v1', kind: 'Pod', status },
    metadata: { name: 'p', ownerReferences: [owner], ...metadata },
  };
}
const seen = (pods: ClusterObject[], wanted: string | null = digest('a'), platformDigests: string[] = []) =>
  runningImages({ replicaSets: [set], pods }, { container: 'agent', digest: wanted, platformDigests }, 7);

test.each([
  ['as containerd names it', `registry.test/agent@${digest('a')}`, digest('a'), false],
  ['as Docker named it', `docker-pullable://registry.test/agent@${digest('a')}`, digest('a'), false],
  ['another image', `registry.test/agent@${digest('b')}`, digest('b'), true],
  ['the id of a configuration, which is no digest', digest('b'), null, null],
])('deployment S-68: what runs is read from imageID: %s', (_case, imageID, found, isDrifted) => {
  expect(seen([pod(imageID)])).toEqual({
    observedAt: 7,
    images: [{ digest: found, pods: 1 }],
    isDrifted,
  });
});

test('deployment S-68: what a runtime names of a platform of the index is no drift', () => {
  const pods = [pod(`r/a@${digest('a')}`), pod(`r/a@${digest('c')}`), pod(`r/a@${digest('c')}`)];
  expect(seen(pods, digest('a'), [digest('c'), digest('d')])).toMatchObject({
    images: [
      { digest: digest('c'), pods: 2 },
      { digest: digest('a'), pods: 1 },
    ],
    isDrifted: false,
  });
  expect(seen(pods)).toMatchObject({ isDrifted: true });
});

test('deployment S-68: pods of others, ending ones and those that have not started tell nothing', () => {
  const other = { ...owner, uid: 'another' };
  const pods = [
    pod(`r/a@${digest('b')}`, { ownerReferences: [other] }),
    pod(`r/a@${digest('b')}`, { deletionTimestamp: '2026-11-29T00:00:00Z' }),
    pod(''),
    pod(null),
    pod(`r/a@${digest('b')}`, {}, 'helper'),
  ];
  expect(seen(pods)).toEqual({ observedAt: 7, images: [], isDrifted: null });
  expect(seen([pod(`r/a@${digest('b')}`)], null)).toMatchObject({ isDrifted: null });
});

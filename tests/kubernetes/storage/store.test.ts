import { expect, test } from 'vitest';
import type { KubeObject } from '../objects.ts';
import { BUILT_IN, type Kind } from './kinds.ts';
import { ObjectStore } from './store.ts';

test('the store forgets old changes, says so to who asks for them, and keeps those after', () => {
  const store = new ObjectStore();
  const kind = BUILT_IN.find(({ plural }) => plural === 'configmaps') as Kind;
  const map: KubeObject = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: 'b' } };
  const first = Number(store.put(kind, map).metadata.resourceVersion);
  for (let change = 0; change < 40_000; change += 1) store.put(kind, map);
  expect(() => store.since(first)).toThrow(/^too old resource version: /);
  const last = Number(store.revision);
  expect(
    store
      .since(last - 20_000)
      .map(({ revision }) => revision)
      .slice(0, 1),
  ).toEqual([last - 19_999]);
  expect(() => store.since(last - 20_001)).toThrow(/too old/);
});

import { describe, expect, test } from 'vitest';
import { jsonPatch } from './json-patch.ts';
import { mergePatch } from './merge-patch.ts';
import { strategicMergePatch } from './strategic-merge-patch.ts';

const LIVE = {
  metadata: { annotations: { a: '1', 'x/y': '2' }, finalizers: ['one', 'two'] },
  spec: {
    strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1 } },
    template: {
      spec: {
        containers: [
          { name: 'main', image: 'a', args: ['1', '2'], env: [{ name: 'A', value: '1' }] },
          { name: 'side', image: 'b' },
        ],
      },
    },
  },
};

const inContainers = (container: unknown) => ({ spec: { template: { spec: { containers: [container] } } } });
const [MAIN, SIDE] = LIVE.spec.template.spec.containers;

describe('patches of the API server for tests', () => {
  test('strategic merge: items are merged by their key, other lists are replaced', () => {
    const patch = inContainers({ name: 'main', args: ['3'], env: [{ name: 'B', value: '2' }] });
    const env = [...(MAIN?.env ?? []), { name: 'B', value: '2' }];
    const containers = [{ ...MAIN, args: ['3'], env }, SIDE];
    expect(strategicMergePatch(LIVE, patch)).toEqual({
      ...LIVE,
      spec: { ...LIVE.spec, template: { spec: { containers } } },
    });
  });

  test('strategic merge: an item is deleted by its key', () => {
    expect(strategicMergePatch(LIVE, inContainers({ $patch: 'delete', name: 'side' }))).toEqual({
      ...LIVE,
      spec: { ...LIVE.spec, template: { spec: { containers: [MAIN] } } },
    });
  });

  test.each([
    [
      'null takes a field away',
      { annotations: { a: null } },
      { ...LIVE.metadata, annotations: { 'x/y': '2' } },
    ],
    [
      'plain values are added and deleted one by one',
      { finalizers: ['three'], '$deleteFromPrimitiveList/finalizers': ['one'] },
      { ...LIVE.metadata, finalizers: ['two', 'three'] },
    ],
    [
      'what is to be replaced is replaced as a whole',
      { annotations: { $patch: 'replace', b: '1' } },
      { ...LIVE.metadata, annotations: { b: '1' } },
    ],
    [
      'of a union only the told keys stay',
      { $retainKeys: ['finalizers'], finalizers: [] },
      { finalizers: ['one', 'two'] },
    ],
  ])('strategic merge: %s', (_, metadata, expected) => {
    expect(strategicMergePatch(LIVE, { metadata })).toEqual({ ...LIVE, metadata: expected });
  });

  test('JSON patch escapes paths, appends, tests, and leaves the original alone', () => {
    const patched = jsonPatch(LIVE, [
      { op: 'test', path: '/metadata/annotations/x~1y', value: '2' },
      { op: 'replace', path: '/metadata/annotations/x~1y', value: '3' },
      { op: 'add', path: '/metadata/finalizers/-', value: 'three' },
      { op: 'remove', path: '/spec/template/spec/containers/1' },
      { op: 'move', from: '/metadata/annotations/a', path: '/metadata/annotations/b' },
    ]);
    expect(patched.metadata).toEqual({
      annotations: { b: '1', 'x/y': '3' },
      finalizers: ['one', 'two', 'three'],
    });
    expect(patched.spec.template.spec.containers).toHaveLength(1);
    expect(LIVE.spec.template.spec.containers).toHaveLength(2);
  });

  test.each([
    [{ op: 'replace', path: '/metadata/labels', value: {} }],
    [{ op: 'remove', path: '/spec/template/spec/containers/7' }],
    [{ op: 'test', path: '/metadata/annotations/a', value: '2' }],
    [{ op: 'jump', path: '/metadata/annotations/a' }],
  ])('a JSON patch that does not fit is refused: %j', (operation) => {
    expect(() => jsonPatch(LIVE, [operation])).toThrow(/rejected our request/);
  });

  test('a merge patch takes away what is null and replaces lists', () => {
    const patch = { metadata: { annotations: { a: null }, finalizers: ['new'] } };
    expect(mergePatch(LIVE, patch)).toEqual({
      ...LIVE,
      metadata: { annotations: { 'x/y': '2' }, finalizers: ['new'] },
    });
  });
});

import { expect, test } from 'vitest';
import type { DeploymentPreview } from '#lib/model/deployment-plan.ts';
import { changeWord, losses, previewVerdict, valueText } from './change-words.ts';

const change = { path: 'spec.x', before: 'a', after: 'b', isMasked: false, isWholeList: false };
const preview: DeploymentPreview = {
  ...{
    id: 'p',
    status: 'ready',
    message: null,
    digest: null,
    isNew: false,
    conflicts: [],
    warnings: [],
    active: null,
    expiresAt: 0,
  },
  changes: [change],
};

test('a preview is summed up in a sentence: made, changed, or like that already', () => {
  expect(previewVerdict(preview, 'checkout')).toBe('1 field of checkout would change.');
  expect(previewVerdict({ ...preview, changes: [] }, 'checkout')).toContain('like this already');
  expect(previewVerdict({ ...preview, isNew: true }, 'checkout')).toContain('it is made');
});

test('a field that is absent on one side was added or removed, and an object is readable', () => {
  expect(changeWord({ before: undefined, after: 0 })).toBe('added');
  expect(changeWord({ before: false, after: null })).toBe('removed');
  expect(changeWord(change)).toBe('changed');
  expect(valueText({ a: [1] })).toBe('{\n  "a": [\n    1\n  ]\n}');
});

test('deployment S-04: the fields that would be lost stand with the manager that loses them', () => {
  const conflicts = [
    { field: '.b', manager: 'kubectl' },
    { field: '.a', manager: 'argocd' },
    { field: '.c', manager: 'kubectl' },
  ];
  expect(losses(conflicts)).toEqual([
    ['argocd', ['.a']],
    ['kubectl', ['.b', '.c']],
  ]);
});

import { expect, test } from 'vitest';
import { changeWords } from './change-words.ts';

test('a change is told field by field, objects by their own fields, in words', () => {
  expect(
    changeWords(
      { contentCapture: false, settings: { url: '[redacted]' } },
      { contentCapture: true, scopes: [] },
    ),
  ).toEqual([
    { field: 'content capture', before: 'no', after: 'yes' },
    { field: 'settings url', before: 'a secret that is not kept here', after: 'nothing' },
    { field: 'scopes', before: 'nothing', after: 'none' },
  ]);
});

test('what was made has no side before, what was removed none after, and long values are cut', () => {
  const [made] = changeWords(null, { name: 'x'.repeat(5000) });
  expect(made?.before).toBeNull();
  expect(made?.after?.length).toBeLessThan(700);
  expect(changeWords({ name: 'a' }, null)).toEqual([{ field: 'name', before: 'a', after: null }]);
});

test('permissions are told by the names of the role editor, what has no name as it stands', () => {
  const names = new Map([['sessions:start', 'Sign in']]);
  expect(changeWords(null, { permissions: ['sessions:start', 'gone:by-now'] }, names)).toEqual([
    { field: 'permissions', before: null, after: 'Sign in, gone:by-now' },
  ]);
});

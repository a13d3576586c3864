import { expect, test } from 'vitest';
import {
  authorizationOf,
  EMPTY_SOURCE,
  labelsIn,
  newTemplate,
  readTemplate,
  sourceDraft,
} from './source-draft.ts';

const template = {
  ...{ name: 'errors', query: 'up{v="{{version}}"}', stepSeconds: 60 },
  passes: { operator: '<=', value: 0.05 },
} as const;
const source = {
  id: 'x',
  name: 'main',
  url: 'https://p',
  hasAuthorization: true,
  templates: [template],
  updatedAt: 0,
};

test('a question that was stored is read out of its fields as it was', () => {
  const [draft = newTemplate(0)] = sourceDraft(source).templates;
  expect(readTemplate(draft)).toEqual({ template, faults: [] });
  expect(readTemplate({ ...draft, stepSeconds: ' ' }).template.stepSeconds).toBeNull();
});

test.each([
  [{ value: '' }, 'passes.value'],
  [{ value: 'five' }, 'passes.value'],
  [{ stepSeconds: '1.5' }, 'stepSeconds'],
])('%j is no question, and its field says so', (values, path) => {
  expect(readTemplate({ ...newTemplate(0), ...values }).faults.map(([at]) => at)).toEqual([path]);
});

test('what a source is entered with stays unless somebody gives it anew', () => {
  expect(authorizationOf(sourceDraft(source))).toBeUndefined();
  expect(authorizationOf(EMPTY_SOURCE)).toBeNull();
  expect(authorizationOf({ ...EMPTY_SOURCE, entry: 'bearer', token: 't' })).toEqual({
    kind: 'bearer',
    token: 't',
  });
});

test('only what questions speak of is asked for', () => {
  expect(labelsIn(['up{v="{{ version }}", a="{{agent}}"}[{{window}}]', 'up{x="{{secret}}"}'])).toEqual([
    'agent',
    'version',
  ]);
});

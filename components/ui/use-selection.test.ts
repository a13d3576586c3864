import { createElement, useState } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import { useSelection } from './use-selection.ts';

/** Selects both rows, then shows what each step shows, one render after the other. */
function Steps({ shown }: { shown: readonly string[][] }) {
  const [step, setStep] = useState(0);
  const selection = useSelection((shown[step] ?? []).map((id) => ({ id })));
  if (step === 0) selection.choose(['a', 'b']);
  if (step < shown.length - 1) setStep(step + 1);
  return createElement('p', null, selection.rows.map(({ id }) => id).join(' '));
}

const selectedAfter = (...shown: string[][]) => renderToStaticMarkup(createElement(Steps, { shown }));

test('what a filter takes out of the list is not selected when it comes back', () => {
  expect(selectedAfter(['a', 'b'], ['b', 'a'])).toBe('<p>b a</p>');
  expect(selectedAfter(['a', 'b'], ['b'], ['a', 'b'])).toBe('<p>b</p>');
  expect(selectedAfter(['a', 'b'], [], ['a', 'b'])).toBe('<p></p>');
});

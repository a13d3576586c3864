import { expect, test } from 'vitest';
import { onClickBeside } from './click-beside.ts';

/** A dialog's element that hears events which began at itself or at a field in it. */
function heard(...events: [type: 'pointerdown' | 'click', at: 'box' | 'field'][]): number {
  const dialog = new EventTarget();
  let clicks = 0;
  onClickBeside(dialog, () => {
    clicks += 1;
  });
  for (const [type, at] of events) {
    const event = new Event(type);
    if (at === 'field') Object.defineProperty(event, 'target', { value: new EventTarget() });
    dialog.dispatchEvent(event);
  }
  return clicks;
}

test('a click beside the box counts, one in it and a drag out of a field do not', () => {
  expect(heard(['pointerdown', 'box'], ['click', 'box'])).toBe(1);
  expect(heard(['pointerdown', 'field'], ['click', 'field'])).toBe(0);
  expect(heard(['pointerdown', 'field'], ['click', 'box'])).toBe(0);
  expect(heard(['pointerdown', 'box'], ['click', 'box'], ['pointerdown', 'field'], ['click', 'box'])).toBe(1);
});

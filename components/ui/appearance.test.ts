import { expect, test } from 'vitest';
import { readAppearance, writeAppearance } from './appearance.ts';

test('appearance survives the way through its cookie, anything else is the default', () => {
  expect(readAppearance(writeAppearance({ theme: 'dark', density: 'compact' }))).toEqual({
    theme: 'dark',
    density: 'compact',
  });
  for (const value of [undefined, '', 'purple', '"><script>.compact.x'])
    expect(readAppearance(value).theme).toBe('system');
});

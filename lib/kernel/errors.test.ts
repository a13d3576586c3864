import { expect, test } from 'vitest';
import { AppError, isAppError } from './errors.ts';

test('an error of another copy of this module is recognised, anything else is not', async () => {
  const copy = (await import(`${import.meta.resolve('./errors.ts')}?copy`)) as typeof import('./errors.ts');
  const foreign = new copy.AppError('conflict', 'Too late.');
  expect(copy.AppError).not.toBe(AppError);
  expect(isAppError(foreign)).toBe(true);
  expect([new Error('x'), null, 'x', { code: 'conflict' }].filter(isAppError)).toEqual([]);
});

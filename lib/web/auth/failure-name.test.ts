import { expect, test } from 'vitest';
import { namesFailure } from './failure-name.ts';

const asked = (search: string) => ({ searchParams: new URLSearchParams(search) });

test.each(['', 'error=', 'error=AccessDenied', 'error=access_denied&code=x'])('%s is taken', (search) => {
  expect(namesFailure(asked(search))).toBe(true);
});

test.each(['error=a%00b', 'error=a%0D%0Ab', 'error=%E2%82%AC', 'error=a&error=b%26x%3D1'])(
  '%s names no failure',
  (search) => {
    expect(namesFailure(asked(search))).toBe(false);
  },
);

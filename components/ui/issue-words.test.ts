import { expect, test } from 'vitest';
import { issueWords } from './issue-words.ts';

test.each([
  [
    'rotations.0.participants',
    'Choose at least one person.',
    'Rotation 1, participants: Choose at least one person.',
  ],
  ['steps.1.delayMinutes', 'Must be at least 1', 'Step 2, delay minutes: Must be at least 1.'],
  ['name', 'Give it a name.', 'Name: Give it a name.'],
  ['', 'Something is missing', 'Something is missing.'],
])('%s is said as a person sees it', (path, message, words) => {
  expect(issueWords({ path, message })).toBe(words);
});

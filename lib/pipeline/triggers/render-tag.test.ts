import { expect, test } from 'vitest';
import { pullRequestsIn } from '#lib/model/source-facts.ts';
import { renderTag } from './render-tag.ts';

const sha = 'abcdef0123456789abcdef0123456789abcdef01';
test.each([
  ['{sha}', 'refs/heads/main', sha],
  ['main-{short_sha}', 'refs/heads/main', 'main-abcdef0'],
  ['{version}', 'refs/tags/v1.2.0', '1.2.0'],
  ['{ref}', 'refs/tags/v1.2.0', 'v1.2.0'],
  ['{ref}-{short_sha}', 'refs/heads/feature/new look', 'feature-new-look-abcdef0'],
  ['{version}', 'refs/heads/velvet', 'velvet'],
])('a tag is made of %s and %s', (template, ref, tag) => {
  expect(renderTag(template, { ref, sha })).toBe(tag);
});

test('pull requests are known by what GitHub writes when it merges them', () => {
  const messages = ['Merge pull request #12 from a/b', 'Add a tool (#13)', 'Fix #14', 'Add a tool (#13)'];
  expect(pullRequestsIn(messages)).toEqual([12, 13]);
});

import { expect, test } from 'vitest';
import { NOT_RUN, verdictOf } from './audit.mjs';

test('security U12: a hole fails the check; a registry that does not answer is said, never taken for "no holes"', () => {
  expect(verdictOf(null).code).toBe(0);
  const found =
    '# npm audit report\n\nundici  <7.30.1\nSeverity: high\nundici ends at ECONNRESET, E404\n1 high severity vulnerability';
  expect(verdictOf(`npm audit failed in /x:\n${found}`)).toMatchObject({ code: 1 });
  const silent = [
    'npm error audit endpoint returned an error',
    'npm error code ENOTFOUND',
    'npm error network connect ECONNREFUSED 127.0.0.1:9',
    'npm error code E404',
  ];
  for (const text of silent) {
    expect(verdictOf(text).code).toBe(NOT_RUN);
    expect(verdictOf(text).sentence).toContain('not run');
  }
});

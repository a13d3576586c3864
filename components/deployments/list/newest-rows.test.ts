import { expect, test } from 'vitest';
import { deploymentRow } from '../rows.fixture.ts';
import { newestRows, withChange } from './newest-rows.ts';

const read = deploymentRow({ id: 'a', seq: 5, status: 'in_progress' });

test('deployment S-66: an event with an older sequence, and an answer that comes late, change nothing', () => {
  const change = (seq: number) =>
    withChange([read], { deploymentId: 'a', seq, status: 'completed' }).map(({ status }) => status);
  expect(change(4)).toEqual(['in_progress']);
  expect(change(6)).toEqual(['completed']);
  const done = { ...read, seq: 6, status: 'completed' } as const;
  expect(newestRows([done], [read])).toEqual([done]);
  expect(newestRows([read], [done])).toEqual([done]);
});

import { expect, test } from 'vitest';
import { alertListSchema } from '#lib/model/alert-view.ts';
import { unstorablePaths } from '#lib/model/storable-text.ts';
import { filterOfSearch, listQuery } from './inbox-filter.ts';

const asked = (search: string) => listQuery(filterOfSearch(new URLSearchParams(search)));

test.each([
  ['q=%00', ''],
  ['q=a%00b', 'ab'],
  [`q=${'a'.repeat(127)}${encodeURIComponent('😀')}`, 'a'.repeat(127)],
  [`q=${'a'.repeat(300)}`, 'a'.repeat(128)],
])('whatever an address holds, the inbox asks for what can be stored: %j', (search, q) => {
  const query = asked(`${search}&agent=%00&status=%00&severity=%00&group=%00&mine=%00`);
  expect(query).toMatchObject({ q, agentId: '', status: 'active', severity: '', assignee: '' });
  expect(unstorablePaths(query)).toEqual([]);
  const given = Object.entries(query).filter(([, value]) => value !== '');
  expect(alertListSchema.safeParse(Object.fromEntries(given)).success).toBe(true);
});

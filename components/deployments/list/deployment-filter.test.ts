import { expect, test } from 'vitest';
import { deploymentListSchema } from '#lib/model/deployment.ts';
import { unstorablePaths } from '#lib/model/storable-text.ts';
import { filterOfSearch, isNarrowed, listQuery } from './deployment-filter.ts';

const filterOf = (search: string) => filterOfSearch(new URLSearchParams(search));
const asked = (search: string) => {
  const given = Object.entries(listQuery(filterOf(search))).filter(([, value]) => value !== '');
  return deploymentListSchema.parse(Object.fromEntries(given));
};

test('whatever an address holds, the list asks for what can be answered', () => {
  const nonsense = `status=%00&env=a%00${'b'.repeat(300)}&agent=x&cursor=..%2F`;
  expect(unstorablePaths(listQuery(filterOf(nonsense)))).toEqual([]);
  expect(asked(nonsense)).toEqual({ environment: `a${'b'.repeat(63)}`, limit: 50 });
});

test('what is not over is asked for as the statuses that it is made of', () => {
  expect(asked('status=active').status).toEqual(['pending', 'awaiting_approval', 'in_progress']);
  expect(asked('status=failed').status).toEqual(['failed']);
});

test('a later page of everything is not narrowed', () => {
  expect(isNarrowed(filterOf('cursor=01890a5d-ac96-774b-bcce-b302099a8057'))).toBe(false);
  expect(isNarrowed(filterOf('env=production'))).toBe(true);
});

import { expect, test } from 'vitest';
import { rolesOfGroups, touchedRows } from './role-of-groups.ts';

const mappings = [
  { group: 'ops', teamId: 'a', role: 'admin' },
  { group: 'dev', teamId: 'a', role: 'developer' },
  { group: 'dev', teamId: 'b', role: 'developer' },
  { group: 'owners', teamId: null, role: 'admin' },
  { group: 'ops', teamId: null, role: 'viewer' },
];
const fallback = { teamId: 'default', role: 'viewer' };
const plain = (groups: string[], last: typeof fallback | null = null) => {
  const { globalRole, teams } = rolesOfGroups(mappings, groups, last);
  return { globalRole, teams: Object.fromEntries(teams) };
};

test('security A11: for each team the first row that matches wins, whatever order the groups come in', () => {
  expect(plain(['dev', 'ops'])).toEqual({ globalRole: 'viewer', teams: { a: 'admin', b: 'developer' } });
  expect(plain(['ops', 'dev'])).toEqual(plain(['dev', 'ops']));
  expect(plain(['ops', 'owners']).globalRole).toBe('admin');
});

test('security A11: groups that nobody mapped give nothing, and names are taken as they stand', () => {
  expect(plain(['unknown', 'OPS', 'ops '])).toEqual({ globalRole: null, teams: {} });
});

test('security A11: the default role holds only while no mapping gives any', () => {
  expect(plain([], fallback)).toEqual({ globalRole: null, teams: { default: 'viewer' } });
  expect(plain(['owners'], fallback)).toEqual({ globalRole: 'admin', teams: {} });
  expect(plain(['dev'], fallback).teams).toEqual({ a: 'developer', b: 'developer' });
});

test('security Z6: a change touches the rows of its place from the first that differs on, above nothing', () => {
  const [ops, dev, devB] = mappings.slice(0, 3) as [
    (typeof mappings)[0],
    (typeof mappings)[0],
    (typeof mappings)[0],
  ];
  expect(touchedRows(mappings, mappings)).toEqual({ taken: [], given: [] });
  const more = { group: 'qa', teamId: 'a', role: 'viewer' };
  expect(touchedRows([ops, devB], [ops, devB, more])).toEqual({ taken: [], given: [more] });
  expect(touchedRows([ops, dev, devB], [ops, devB])).toEqual({ taken: [dev], given: [] });
  expect(touchedRows([ops, dev], [more, ops, dev])).toEqual({ taken: [ops, dev], given: [more, ops, dev] });
});

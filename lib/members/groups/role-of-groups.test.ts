import { expect, test } from 'vitest';
import { rolesOfGroups, touchedRows } from './role-of-groups.ts';

const mappings = [
  { issuer: null, group: 'ops', teamId: 'a', role: 'admin' },
  { issuer: null, group: 'dev', teamId: 'a', role: 'developer' },
  { issuer: null, group: 'dev', teamId: 'b', role: 'developer' },
  { issuer: null, group: 'owners', teamId: null, role: 'admin' },
  { issuer: null, group: 'ops', teamId: null, role: 'viewer' },
];
const fallback = { teamId: 'default', role: 'viewer' };
const held = (name: string) => ({ issuer: 'https://id.example', name });
const plain = (groups: string[], last: typeof fallback | null = null) => {
  const { globalRole, teams } = rolesOfGroups(mappings, groups.map(held), last);
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

test('security A11: a row of one provider matches no group of the same name that another one names', () => {
  const rows = [
    { issuer: 'https://id.example', group: 'ops', teamId: 'a', role: 'admin' },
    { issuer: null, group: 'dev', teamId: 'a', role: 'developer' },
  ];
  const given = (issuer: string | null, name: string) =>
    rolesOfGroups(rows, [{ issuer, name }], null).teams.get('a') ?? null;
  expect(given('https://id.example', 'ops')).toBe('admin');
  expect([given('https://other.example', 'ops'), given(null, 'ops')]).toEqual([null, null]);
  expect([given('https://other.example', 'dev'), given(null, 'dev')]).toEqual(['developer', 'developer']);
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
  const more = { issuer: null, group: 'qa', teamId: 'a', role: 'viewer' };
  expect(touchedRows([ops, devB], [ops, devB, more])).toEqual({ taken: [], given: [more] });
  expect(touchedRows([ops, dev, devB], [ops, devB])).toEqual({ taken: [dev], given: [] });
  expect(touchedRows([ops, dev], [more, ops, dev])).toEqual({ taken: [ops, dev], given: [more, ops, dev] });
});

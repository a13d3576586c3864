import { expect, test } from 'vitest';
import {
  entriesOf,
  readFilter,
  readGroupPatch,
  readOperations,
  readUser,
  readUserPatch,
} from './attributes.ts';

const userPatch = (...Operations: object[]) => readUserPatch(readOperations({ Operations }));
const groupPatch = (...Operations: object[]) => readGroupPatch(readOperations({ Operations }));

test.each([
  ['Entra: text booleans and capital operations', { op: 'Replace', path: 'active', value: 'False' }],
  ['Okta: no path, the value is the resource', { op: 'replace', value: { active: false } }],
  [
    'the schema in front of the attribute',
    { op: 'add', path: 'urn:ietf:params:scim:schemas:core:2.0:User:active', value: false },
  ],
  ['another case of the attribute', { op: 'REPLACE', path: 'Active', value: 'false' }],
])('switching somebody off is understood: %s', (_flavour, operation) => {
  expect(userPatch(operation)).toEqual({ active: false });
});

test('names come whole or in parts, and what is not kept is taken and forgotten', () => {
  const body = {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
    userName: 'ada@people.example',
    name: { givenName: 'Ada', familyName: 'Lovelace' },
    emails: [{ value: 'ada@people.example', primary: true }],
    title: 'Countess',
    externalId: 'e-1',
  };
  const known = { userName: 'ada@people.example', name: 'Ada Lovelace', externalId: 'e-1' };
  expect(readUser(entriesOf(body))).toEqual(known);
  expect(readUser(entriesOf({ ...body, displayName: 'Ada L.' }))).toEqual({ ...known, name: 'Ada L.' });
  expect(userPatch({ op: 'replace', value: { 'name.givenName': 'A', 'name.familyName': 'L' } })).toEqual({
    name: 'A L',
  });
  expect(userPatch({ op: 'remove', path: 'externalId' })).toEqual({ externalId: null });
});

test.each([
  [{ op: 'replace', path: 'active', value: 'maybe' }],
  [{ op: 'replace', path: 'userName', value: 7 }],
  [{ op: 'remove' }],
  [{ op: 'move', path: 'active', value: true }],
  [{ op: 'replace', value: 'text' }],
])('an operation that cannot be meant is refused: %j', (operation) => {
  expect(() => userPatch(operation)).toThrow();
});

test('members are added, removed by list or by path, and replaced', () => {
  const ids = [{ value: 'a' }, { value: 'b', display: 'B' }];
  expect(groupPatch({ op: 'Add', path: 'members', value: ids }).members).toEqual([
    { how: 'add', ids: ['a', 'b'] },
  ]);
  expect(groupPatch({ op: 'remove', path: 'members[value eq "a"]' }).members).toEqual([
    { how: 'remove', ids: ['a'] },
  ]);
  expect(groupPatch({ op: 'Remove', path: 'members', value: [{ value: 'b' }] }).members).toEqual([
    { how: 'remove', ids: ['b'] },
  ]);
  expect(groupPatch({ op: 'remove', path: 'members' }).members).toEqual([{ how: 'set', ids: [] }]);
  expect(groupPatch({ op: 'replace', value: { displayName: 'Ops', id: 'x', members: [] } })).toEqual({
    displayName: 'Ops',
    members: [{ how: 'set', ids: [] }],
  });
  expect(() => groupPatch({ op: 'replace', path: 'members[type eq "x"].value', value: 1 })).toThrow(
    /no path/,
  );
});

test('filters look somebody up by one attribute; anything else is refused, not guessed', () => {
  expect(readFilter('userName eq "ada@people.example"')).toEqual({
    attribute: 'username',
    value: 'ada@people.example',
  });
  expect(readFilter('externalId EQ "a \\"quoted\\" one"')).toEqual({
    attribute: 'externalid',
    value: 'a "quoted" one',
  });
  expect(readFilter(null)).toBeNull();
  for (const filter of ['userName sw "a"', 'userName eq "a" or active eq true', 'userName eq a', 'eq "a"'])
    expect(() => readFilter(filter)).toThrow(/Only filters/);
});

import { expect, test } from 'vitest';
import { groupsIn, readClaims, shownClaims } from './claims.ts';

test('groups are read from a claim, by its name or by its path, as a list or as one name', () => {
  const profile = { groups: ['a', 'b', 7, ''], realm_access: { roles: ['c'] }, 'https://x/g.h': 'd' };
  expect(groupsIn(profile, 'groups')).toEqual(['a', 'b']);
  expect(groupsIn(profile, 'realm_access.roles')).toEqual(['c']);
  expect(groupsIn(profile, 'https://x/g.h')).toEqual(['d']);
});

test.each(['missing', 'constructor', '__proto__', 'groups.length', 'realm_access.roles.x'])(
  'a claim that is not there (%s) means no groups',
  (claim) => {
    expect(groupsIn({ groups: ['a'] }, claim)).toEqual([]);
    expect(groupsIn(null, claim)).toEqual([]);
  },
);

test('security P4: a test sign-in shows claims of a list and nothing else', () => {
  const profile = {
    sub: 's',
    email: 'a@b.example',
    access_token: 'canary',
    at_hash: 'canary',
    address: 'canary',
  };
  const claims = readClaims(profile);
  expect(claims && shownClaims(claims)).toEqual({ sub: 's', email: 'a@b.example' });
  expect(readClaims({ email: 'no-subject@b.example' })).toBeNull();
});

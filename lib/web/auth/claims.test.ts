import { expect, test } from 'vitest';
import { groupsIn, leavesOut, provedAt, readClaims, shownClaims } from './claims.ts';

const said = (idToken: unknown, userinfo: unknown = null) => ({ idToken, userinfo });

test('groups are read from a claim, by its name or by its path, as a list or as one name', () => {
  const whole = said({ groups: ['a', 'b', 7, ''], realm_access: { roles: ['c'] }, 'https://x/g.h': 'd' });
  expect(groupsIn(whole, 'groups').groups).toEqual(['a', 'b']);
  expect(groupsIn(whole, 'realm_access.roles').groups).toEqual(['c']);
  expect(groupsIn(whole, 'https://x/g.h').groups).toEqual(['d']);
});

test.each(['missing', 'constructor', '__proto__', 'groups.length', 'realm_access.roles.x'])(
  'a claim that is not there (%s) means no groups',
  (claim) => {
    expect(groupsIn(said({ groups: ['a'] }), claim)).toEqual({ groups: [], from: 'nowhere' });
    expect(groupsIn(said(null), claim)).toEqual({ groups: [], from: 'nowhere' });
  },
);

test('security A11: groups of the id token go before those of userinfo, an empty list too; a pointer says nothing', () => {
  const userinfo = { groups: ['b'], realm: { roles: ['c'] } };
  const from = (idToken: object, claim = 'groups') => groupsIn(said(idToken, userinfo), claim);
  expect(from({ groups: ['a'] })).toEqual({ groups: ['a'], from: 'id-token' });
  expect(from({ groups: [] })).toEqual({ groups: [], from: 'id-token' });
  expect(from({})).toEqual({ groups: ['b'], from: 'userinfo' });
  expect(from({ realm: {} }, 'realm.roles')).toEqual({ groups: ['c'], from: 'userinfo' });
  const pointer = { _claim_names: { groups: 'src1' }, _claim_sources: { src1: { endpoint: 'https://x' } } };
  expect(groupsIn(said(pointer), 'groups')).toEqual({ groups: [], from: 'elsewhere' });
  expect(groupsIn(said(pointer), 'roles')).toEqual({ groups: [], from: 'nowhere' });
  expect(groupsIn(said({ hasgroups: true }), 'groups')).toEqual({ groups: [], from: 'elsewhere' });
  expect(groupsIn(said({ hasgroups: true }), 'roles')).toEqual({ groups: [], from: 'nowhere' });
});

test('security A9: who it is says the id token; userinfo gives an address with its own proof, or none', () => {
  const more = { sub: 's', email: 'a@b.example', email_verified: true, name: 'Ada' };
  expect(readClaims(said({ sub: 's', email_verified: false }, more))).toMatchObject(more);
  const kept = readClaims(said({ sub: 's', email: 'own@b.example', name: 'Own' }, more));
  expect(kept).toMatchObject({ sub: 's', email: 'own@b.example', name: 'Own' });
  expect(kept?.email_verified).toBeUndefined();
  expect(readClaims(said({ sub: 's', sid: 'here' }, { sub: 's', sid: 'there' }))?.sid).toBe('here');
  expect(readClaims(said(null, more))).toBeNull();
});

test.each([
  ['a provider that remembers somebody since an hour', { auth_time: 7200 - 3600 }, true, 3600],
  ['a provider whose clock is ahead', { auth_time: 9000 }, false, 7200],
  ['a provider that does not say, and was told to ask', {}, true, 7200],
  ['a provider that does not say, and let in whom it remembers', {}, false, null],
  ['what is no time', { auth_time: 'today' }, true, null],
])('security A16: when somebody proved who they are says %s', (_who, idToken, wasAsked, atSeconds) => {
  const at = provedAt(said(idToken), wasAsked, new Date(7200 * 1000));
  expect(at && at.getTime() / 1000).toBe(atSeconds);
});

test.each([
  ['groups that count', { email: 'a@b.example' }, true, true],
  ['groups that nobody maps', { email: 'a@b.example' }, false, false],
  ['the address', { groups: [] }, false, true],
  ['nothing', { email: 'a@b.example', groups: [] }, true, false],
])('userinfo is asked only for what the id token leaves out: %s', (_what, idToken, count, asks) => {
  expect(leavesOut(idToken, 'groups', count)).toBe(asks);
});

test('security P4: a test sign-in shows claims of a list and nothing else', () => {
  const profile = {
    sub: 's',
    email: 'a@b.example',
    access_token: 'canary',
    at_hash: 'canary',
    address: 'canary',
  };
  const claims = readClaims(said(profile));
  expect(claims && shownClaims(claims)).toEqual({ sub: 's', email: 'a@b.example' });
  expect(readClaims(said({ email: 'no-subject@b.example' }))).toBeNull();
});

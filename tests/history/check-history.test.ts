import { describe, expect, test } from 'vitest';
import { checkHistory } from './check-history.ts';
import type { Bounds, History, Message, ViolationKind } from './history.ts';

const bounds: Bounds = { toldWithinMs: 10_000, cycleMs: 2000, stepMs: 50_000 };

const message = (id: string, atMs: number, values: Partial<Message> = {}): Message => ({
  receiver: 'channel',
  firing: [],
  resolved: [],
  id,
  atMs,
  ...values,
});

/** A fires, is told and paged, is taken and ends; B fires, is told and paged and goes on; one kill. */
function soundHistory(): History {
  return {
    caused: [
      { key: 'A', firedAtMs: 0, endedAtMs: 30_000 },
      { key: 'B', firedAtMs: 1000, endedAtMs: null },
    ],
    stored: [
      { alertId: 'a', key: 'A', status: 'resolved' },
      { alertId: 'b', key: 'B', status: 'active' },
    ],
    acknowledged: [{ alertId: 'a', atMs: 12_000 }],
    messages: [
      message('m1', 500, { firing: ['a'] }),
      message('m2', 600, { receiver: 'pager', firing: ['a'] }),
      message('m3', 1500, { firing: ['b'] }),
      message('m4', 1600, { receiver: 'pager', firing: ['b'] }),
      message('m5', 31_000, { resolved: ['a'] }),
    ],
    kills: [{ process: 'worker', atMs: 5000 }],
    watchedUntilMs: 40_000,
  };
}

const kinds = (history: History): ViolationKind[] =>
  checkHistory(history, bounds).violations.map(({ kind }) => kind);
const without = (...ids: string[]) =>
  soundHistory().messages.filter((one) => !ids.includes(`${one.receiver} ${one.id}`));

test('a sound history has no violations, and its figures', () => {
  expect(checkHistory(soundHistory(), bounds)).toEqual({
    violations: [],
    transitions: 3,
    told: 3,
    pages: 2,
    duplicates: 0,
    kills: 1,
  });
});

describe('a doctored history is red', () => {
  const doctored: [name: string, change: Partial<History>, kinds: ViolationKind[]][] = [
    ['nobody was told that it fires', { messages: without('channel m3') }, ['lost']],
    ['nobody was paged', { messages: without('pager m4') }, ['lost']],
    ['nobody was told of its end', { messages: without('channel m5') }, ['lost']],
    ['an alert was not stored', { stored: soundHistory().stored.slice(1) }, ['lost']],
    [
      'an alert was stored twice',
      { stored: [...soundHistory().stored, { alertId: 'c', key: 'B', status: 'active' }] },
      ['doubled'],
    ],
    [
      'it still fires in the store',
      { stored: [{ alertId: 'a', key: 'A', status: 'active' }, soundHistory().stored[1]!] },
      ['state'],
    ],
    [
      'told as firing after its end',
      { messages: [...soundHistory().messages, message('m1', 31_500, { firing: ['a'] })] },
      ['order'],
    ],
    [
      'paged after somebody took it',
      { messages: [...without('pager m2'), message('m2', 14_100, { receiver: 'pager', firing: ['a'] })] },
      ['late_page'],
    ],
    [
      'paged after its end',
      {
        messages: [...without('pager m2'), message('m2', 32_100, { receiver: 'pager', firing: ['a'] })],
        acknowledged: [],
        stored: soundHistory().stored,
      },
      ['late_page'],
    ],
  ];
  test.each(doctored)('%s', (_name, change, wanted) => {
    expect(kinds({ ...soundHistory(), ...change })).toEqual(wanted);
  });
});

describe('duplicates number at most the kills', () => {
  const again = (...extra: Message[]): History => ({
    ...soundHistory(),
    messages: [...soundHistory().messages, ...extra].toSorted((a, b) => a.atMs - b.atMs),
  });

  test('one kill pays for one message that came twice', () => {
    const verdict = checkHistory(again(message('m3', 3000, { firing: ['b'] })), bounds);
    expect(verdict).toMatchObject({ violations: [], duplicates: 1 });
  });

  test('a second one is too many, with the same id or another', () => {
    const twice = again(message('m3', 3000, { firing: ['b'] }), message('m9', 3100, { firing: ['b'] }));
    expect(kinds(twice)).toEqual(['doubled']);
  });

  test('the next step of a policy is no duplicate, the same step again is', () => {
    const page = (id: string, atMs: number) => message(id, atMs, { receiver: 'pager', firing: ['b'] });
    const history = { ...again(page('p2', 61_600)), watchedUntilMs: 70_000 };
    expect(checkHistory(history, bounds).duplicates).toBe(0);
    expect(checkHistory(again(page('p2', 9000)), bounds).duplicates).toBe(1);
    expect(checkHistory(again(page('m4', 61_600)), bounds).duplicates).toBe(1);
  });
});

test('what ended or was taken before it had to be told may stay untold', () => {
  const short: History = {
    ...soundHistory(),
    caused: [{ key: 'A', firedAtMs: 0, endedAtMs: 9000 }],
    stored: [{ alertId: 'a', key: 'A', status: 'resolved' }],
    acknowledged: [],
    messages: [],
  };
  expect(kinds(short)).toEqual([]);
  const taken = { ...short, caused: [{ key: 'A', firedAtMs: 0, endedAtMs: 30_000 }] };
  expect(kinds({ ...taken, acknowledged: [{ alertId: 'a', atMs: 9000 }] })).toEqual([]);
  expect(kinds(taken)).toEqual(['lost', 'lost']);
});

test('a page that also speaks of an alert that nobody has is not late', () => {
  const history = soundHistory();
  const both = message('m8', 20_000, { receiver: 'pager', firing: ['a', 'b'] });
  expect(kinds({ ...history, messages: [...history.messages, both] })).toEqual([]);
});

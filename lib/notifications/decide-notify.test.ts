import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decideNotify, type GroupNow, type NotifyRules, type Told } from './decide-notify.ts';

const T0 = Date.UTC(2026, 10, 22, 12);
const MINUTE = 60_000;
const at = (minutes: number): Date => new Date(T0 + minutes * MINUTE);
const rules: NotifyRules = {
  sendResolved: true,
  repeatIntervalMs: 240 * MINUTE,
};
const group = (values: Partial<GroupNow>): GroupNow => ({
  firing: [],
  resolved: [],
  allAcknowledged: false,
  retell: null,
  ...values,
});
const told = (firing: string[], resolved: string[] = [], sentAt = at(0)): Told => ({
  firing,
  resolved,
  sentAt,
});
const send = (reason: string) => ({ act: 'send', reason });
const none = { act: 'none' };

type Row = [title: string, now: GroupNow, told: Told | null, rules: Partial<NotifyRules>, decision: object];
const table: Row[] = [
  ['alerting S42: nothing told and one fires', group({ firing: ['a'] }), null, {}, send('first')],
  ['alerting S42: nothing told and all is over', group({ resolved: ['a'] }), null, {}, none],
  [
    'alerting S43: one that was not told fires',
    group({ firing: ['a', 'b'] }),
    told(['a']),
    {},
    send('new_alerts'),
  ],
  [
    'alerting S43: one fires after all was over',
    group({ firing: ['b'] }),
    told([], ['a']),
    {},
    send('first'),
  ],
  ['alerting S44: all is over', group({ resolved: ['a'] }), told(['a']), {}, send('all_resolved')],
  [
    'alerting S44: all is over for a channel that wants no word of it',
    group({ resolved: ['a'] }),
    told(['a']),
    { sendResolved: false },
    { act: 'record', reason: 'all_resolved' },
  ],
  ['alerting S44: all is over and was told so', group({ resolved: ['a'] }), told([], ['a']), {}, none],
  [
    'alerting S45: one of two is over',
    group({ firing: ['a'], resolved: ['b'] }),
    told(['a', 'b']),
    {},
    send('some_resolved'),
  ],
  [
    'alerting S45: one of two is over for a channel that wants no word of it',
    group({ firing: ['a'], resolved: ['b'] }),
    told(['a', 'b']),
    { sendResolved: false },
    none,
  ],
  [
    'alerting S45: one that was never told is over',
    group({ firing: ['a'], resolved: ['b'] }),
    told(['a']),
    {},
    none,
  ],
  ['alerting S46: nothing changed', group({ firing: ['a'] }), told(['a']), {}, none],
  [
    'alerting S46: the repeat is due',
    group({ firing: ['a'] }),
    told(['a'], [], at(-240)),
    {},
    send('repeat'),
  ],
  [
    'alerting S46: the repeat is due but somebody has it',
    group({ firing: ['a'], allAcknowledged: true }),
    told(['a'], [], at(-240)),
    {},
    none,
  ],
  [
    'S53: a silence expired after it was told',
    group({ firing: ['a'], retell: { at: at(-1), reason: 'silence_expired' } }),
    told(['a'], [], at(-5)),
    {},
    send('silence_expired'),
  ],
  [
    'S53: a silence expired of what was never told',
    group({ firing: ['a'], retell: { at: at(-1), reason: 'silence_expired' } }),
    null,
    {},
    send('silence_expired'),
  ],
  [
    'S56: the end of maintenance was told',
    group({ firing: ['a'], retell: { at: at(-1), reason: 'maintenance_ended' } }),
    told(['a'], [], at(-1)),
    {},
    none,
  ],
  [
    'S76: the severity rose before anything was told',
    group({ firing: ['a'], retell: { at: at(-1), reason: 'severity_raised' } }),
    null,
    {},
    send('first'),
  ],
];

test.each(table)('%s', (_title, now, known, changed, decision) => {
  expect(decideNotify(now, known, { ...rules, ...changed }, at(0))).toEqual(decision);
});

test('alerting S35: a repeat comes at the first tick at which its interval has passed since the last message', () => {
  const sent = told(['a'], [], at(0));
  const firing = group({ firing: ['a'] });
  const everyFive = { ...rules, repeatIntervalMs: 12 * MINUTE };
  const ticks = [5, 10, 15, 20].map((minute) => decideNotify(firing, sent, everyFive, at(minute)).act);
  expect(ticks).toEqual(['none', 'none', 'send', 'send']);
  const exactly = (repeatIntervalMs: number) =>
    decideNotify(firing, sent, { ...rules, repeatIntervalMs }, at(15)).act;
  expect([exactly(15 * MINUTE), exactly(15 * MINUTE + 1)]).toEqual(['send', 'none']);
});

test('alerting S46: whatever is told, what a channel does not know and fires is said, and nothing is said twice', () => {
  const ids = fc.subarray(['a', 'b', 'c', 'd']);
  fc.assert(
    fc.property(ids, ids, ids, fc.boolean(), (firing, known, ended, sendResolved) => {
      const now = group({ firing, resolved: ended.filter((id) => !firing.includes(id)) });
      const decision = decideNotify(now, told(known), { ...rules, sendResolved }, at(1));
      if (firing.some((id) => !known.includes(id))) expect(decision.act).toBe('send');
      const after = told(firing, [...now.resolved], at(1));
      if (decision.act !== 'none') {
        expect(decideNotify(now, after, { ...rules, sendResolved }, at(2))).toEqual(none);
      }
    }),
  );
});

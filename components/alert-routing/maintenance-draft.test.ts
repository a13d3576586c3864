import { expect, test } from 'vitest';
import { type MaintenanceWhen, maintenanceWhenSchema } from '#lib/model/maintenance.ts';
import { maintenanceDraft, NEW_INTERVAL, readMaintenance } from './maintenance-draft.ts';

const view = (when: MaintenanceWhen) => ({
  ...{
    id: 'a',
    name: 'n',
    matchers: [],
    timeZone: 'Europe/Berlin',
    enabled: true,
    updatedAt: 0,
    isOn: false,
  },
  when,
});
const again = (when: MaintenanceWhen) => readMaintenance(maintenanceDraft(view(when)), true).when;

test.each<MaintenanceWhen>([
  { kind: 'once', startsAt: Date.UTC(2026, 5, 1, 8), endsAt: Date.UTC(2026, 5, 1, 9, 30) },
  {
    kind: 'recurring',
    intervals: [
      {
        times: [{ from: '22:00', to: '24:00' }],
        weekdays: [
          { from: 1, to: 3 },
          { from: 5, to: 5 },
        ],
        daysOfMonth: [
          { from: 1, to: 7 },
          { from: -1, to: -1 },
        ],
        months: [{ from: 3, to: 4 }],
        years: [{ from: 2026, to: 2027 }],
      },
      {},
    ],
  },
])('a stored window goes through its form unchanged', (when) => {
  expect(again(when)).toEqual(maintenanceWhenSchema.parse(when));
});

test('two times of one interval become two lines that mean the same', () => {
  const times = [
    { from: '00:00', to: '01:00' },
    { from: '02:00', to: '03:00' },
  ];
  const when = again({ kind: 'recurring', intervals: [{ times, weekdays: [{ from: 0, to: 0 }] }] });
  expect(when).toEqual({
    kind: 'recurring',
    intervals: times.map((time) => ({ times: [time], weekdays: [{ from: 0, to: 0 }] })),
  });
});

test('what cannot be read is said at its place', () => {
  const draft = { ...maintenanceDraft(view({ kind: 'once', startsAt: 0, endsAt: 60_000 })), endsAt: '' };
  const paths = (part: Partial<typeof draft>, isZone = true) =>
    readMaintenance({ ...draft, ...part }, isZone).issues.map(({ path }) => path);
  expect(paths({})).toEqual(['when.endsAt']);
  expect(paths({}, false)).toEqual(['timeZone']);
  const intervals = [NEW_INTERVAL, { ...NEW_INTERVAL, days: 'first' }, { ...NEW_INTERVAL, to: '01:00' }];
  expect(paths({ kind: 'recurring', intervals })).toEqual(['when.intervals.1', 'when.intervals.2']);
});

test.each([
  ['02:00', '25:99', '25:99 is no time of the day: write it as HH:MM, like 09:30.'],
  ['9:00', '10:00', '9:00 is no time of the day: write it as HH:MM, like 09:30.'],
  ['02:00', '', 'Give both times, or leave both empty for all day.'],
  ['02:00', '24:00', undefined],
])('from %j to %j: %j', (from, to, message) => {
  const draft = maintenanceDraft(view({ kind: 'recurring', intervals: [{ times: [{ from, to }] }] }));
  const { when, issues } = readMaintenance(draft, true);
  expect(issues[0]?.message).toBe(message);
  expect(when === null).toBe(message !== undefined);
});

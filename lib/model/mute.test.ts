import { expect, test } from 'vitest';
import { inhibitionInputSchema, maintenanceInputSchema } from './mute.ts';
import { DAY_MS } from './zoned-time.ts';

test('one stretch of maintenance lasts at most a year, and says so at its end', () => {
  const planned = (days: number) =>
    maintenanceInputSchema.safeParse({
      name: 'move',
      matchers: [{ name: 'agent', operator: '=', value: 'planner' }],
      timeZone: 'UTC',
      when: { kind: 'once', startsAt: 0, endsAt: days * DAY_MS },
    });
  expect(planned(366).success).toBe(true);
  expect(planned(367).error?.issues).toMatchObject([
    { path: ['when', 'endsAt'], message: 'Maintenance lasts at most a year.' },
  ]);
});

test('a pattern that is none is refused at its field, whatever else is to be checked of the conditions', () => {
  const target = [{ name: 'severity', operator: '=', value: 'info' }];
  for (const operator of ['=~', '!~'])
    for (const value of ['Europe/(erlin', '+', 'a'.repeat(1500)]) {
      const source = [{ name: 'agent', operator, value }];
      const read = inhibitionInputSchema.safeParse({ name: 'quiet', source, target });
      expect(read.error?.issues).toMatchObject([{ path: ['source', 0, 'value'] }]);
    }
});

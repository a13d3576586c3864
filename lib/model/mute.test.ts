import { expect, test } from 'vitest';
import { maintenanceInputSchema } from './mute.ts';
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

import { expect, test } from 'vitest';
import { maintenanceWhenSchema } from './maintenance.ts';
import { silenceInputSchema } from './mute.ts';
import { scheduleInputSchema } from './on-call.ts';

const beyond = [-9_007_199_254_736_644, -1, 253_402_300_800_000, 8.64e15];

test.each(beyond)(
  'security P10: %d is no time of ours: it is refused at its field, wherever somebody names it',
  (at) => {
    const matchers = [{ name: 'a', operator: '=', value: 'b' }];
    const silence = silenceInputSchema.safeParse({ matchers, endsAt: at, comment: '' });
    expect(silence.error?.issues.map(({ path }) => path.join('.'))).toContain('endsAt');
    const when = maintenanceWhenSchema.safeParse({ kind: 'once', startsAt: at, endsAt: at });
    expect(when.error?.issues.map(({ path }) => path.join('.'))).toContain('startsAt');
    expect(
      scheduleInputSchema.safeParse({ name: 'a', timeZone: 'UTC', rotations: [{ startsAt: at }] }).success,
    ).toBe(false);
  },
);

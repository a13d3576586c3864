import { expect, test } from 'vitest';
import { openDb } from '#db/client.ts';
import { systemClock } from '#lib/kernel/clock.ts';
import { uuidv7 } from '#lib/model/uuid.ts';
import { createTeamSettings } from './team-settings.ts';

test('while the database does not answer, everybody who asks at once is told to try again', async () => {
  const nobody = openDb('postgres://nobody:none@127.0.0.1:1/none', 1);
  try {
    const settingsOf = createTeamSettings({ db: nobody.db, clock: systemClock, defaultRawRetentionDays: 30 });
    const teamId = uuidv7();
    const answers = await Promise.allSettled([settingsOf(teamId), settingsOf(teamId), settingsOf(teamId)]);
    for (const answer of answers) {
      expect(answer).toMatchObject({
        status: 'rejected',
        reason: { code: 'unavailable', retryAfterSeconds: 2 },
      });
    }
  } finally {
    await nobody.close();
  }
});

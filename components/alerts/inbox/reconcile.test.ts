import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ALERT_STATUSES } from '#lib/model/alert.ts';
import type { AlertRow } from '#lib/model/alert-view.ts';
import { mergeAnswer, type NewsBook, noteNews, shownRows } from './reconcile.ts';
import { alertRow } from './rows.fixture.ts';

const NOTHING: NewsBook = new Map();
const OPEN = ['active', 'acknowledged'] as const;

test('reliability F26: an answer that was read before the alert resolved does not bring it back', () => {
  const read = alertRow({ id: 'a', version: 3, status: 'active' });
  const book = noteNews(NOTHING, 'a', { version: 4, status: 'resolved' });
  expect(shownRows(mergeAnswer([], [read]), book, OPEN)).toEqual([]);
});

test('reliability F26: an older event changes nothing that is newer', () => {
  const read = alertRow({ id: 'a', version: 5, status: 'resolved' });
  const book = noteNews(NOTHING, 'a', { version: 4, status: 'active' });
  expect(shownRows([read], book, OPEN)).toEqual([]);
  expect(noteNews(book, 'a', { version: 2, status: 'active' })).toBe(book);
});

test('an alert that was raised shows its new severity and title before it is read again', () => {
  const read = alertRow({ id: 'a', version: 1, severity: 'warning', title: 'slow' });
  const book = noteNews(NOTHING, 'a', {
    version: 2,
    status: 'active',
    severity: 'critical',
    title: 'slower',
  });
  expect(shownRows([read], book, OPEN)).toMatchObject([{ severity: 'critical', title: 'slower' }]);
});

test('reliability F26: whatever the order of answers and events, the highest version heard is shown', () => {
  const heard = fc.record({
    version: fc.integer({ min: 1, max: 20 }),
    status: fc.constantFrom(...ALERT_STATUSES),
    byEvent: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(heard, { minLength: 1, maxLength: 30 }), (all) => {
      // One version of an alert has one status.
      const statusOf = new Map(all.map(({ version, status }) => [version, status]));
      let book = NOTHING;
      let rows: AlertRow[] = [];
      for (const { version, byEvent } of all) {
        const status = statusOf.get(version) ?? 'active';
        if (byEvent) book = noteNews(book, 'a', { version, status });
        else rows = mergeAnswer(rows, [alertRow({ id: 'a', version, status })]);
      }
      const seen = all.filter(({ byEvent }) => !byEvent);
      const shown = shownRows(rows, book, ALERT_STATUSES);
      if (seen.length === 0) expect(shown).toEqual([]);
      else expect(shown).toMatchObject([{ version: Math.max(...all.map(({ version }) => version)) }]);
    }),
  );
});

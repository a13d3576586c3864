import { expect, test } from 'vitest';
import { type KeptAcknowledgement, SENT_WITHIN_MS, sortTaps, TOLD_WITHIN_MS } from './tap.ts';

const NOW = Date.UTC(2026, 10, 29);
const tap = (personId: string, alertId: string, ageMs: number): KeptAcknowledgement => ({
  ...{ personId, alertId, via: 'web', title: alertId, at: NOW - ageMs },
});
const names = (taps: readonly KeptAcknowledgement[]) => taps.map(({ alertId }) => alertId);

test('alerting S100: of the taps on a shared phone each person sends their own, is told of those that waited a day, and leaves those of others', () => {
  const taps = [
    tap('ada', 'fresh', 0),
    tap('ada', 'old', SENT_WITHIN_MS + 1),
    tap('ada', 'very old', TOLD_WITHIN_MS + 1),
    tap('eve', 'hers', 0),
    tap('eve', 'her old one', SENT_WITHIN_MS + 1),
    tap('eve', 'forgotten', TOLD_WITHIN_MS + 1),
  ];
  const ofAda = sortTaps(taps, 'ada', NOW);
  expect(names(ofAda.waiting)).toEqual(['fresh']);
  expect(names(ofAda.givenUp)).toEqual(['old', 'very old']);
  expect(names(ofAda.forgotten)).toEqual(['forgotten']);
  const ofEve = sortTaps(taps, 'eve', NOW);
  expect(names(ofEve.waiting)).toEqual(['hers']);
  expect(names(ofEve.givenUp)).toEqual(['her old one', 'forgotten']);
  expect(names(sortTaps(taps, '', NOW).waiting)).toEqual([]);
});

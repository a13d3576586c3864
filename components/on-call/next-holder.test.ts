import { expect, test } from 'vitest';
import type { ShiftView } from '#lib/model/on-call-view.ts';
import { nextHolder } from './next-holder.ts';

const shift = (at: number, id: string | null): ShiftView => ({
  startsAt: at,
  endsAt: at + 1,
  source: id === null ? 'none' : 'rotation',
  person:
    id === null
      ? null
      : { id, name: id, isPresent: true, lostDevices: false, mayAcknowledge: true, role: '' },
});

test('the pager is handed over to somebody else, or to nobody, never to whoever has it', () => {
  expect(nextHolder([shift(0, 'ann'), shift(1, 'ann'), shift(2, 'boris')])?.startsAt).toBe(2);
  expect(nextHolder([shift(0, 'ann'), shift(1, null), shift(2, 'ann')])?.startsAt).toBe(1);
  expect(nextHolder([shift(0, null), shift(1, 'ann')])?.startsAt).toBe(1);
  expect(nextHolder([shift(0, 'ann'), shift(1, 'ann')])).toBeNull();
  expect(nextHolder([])).toBeNull();
});

import { expect, test } from 'vitest';
import type { SenderView } from '#lib/model/receiver.ts';
import { keepOrder } from './keep-order.ts';

const sender = (name: string, accepted = 0): SenderView => ({
  ...{ sender: name, accepted, duplicates: 0, refused: 0, refusals: [], unmapped: 0 },
  ...{ contentDropped: 0, conventions: [], lastSeenAt: 0 },
});

test('new counts move no row: those shown stay, those gone leave, those new come last', () => {
  const next = [sender('d', 1), sender('b', 9), sender('a', 5)];
  expect(keepOrder([sender('a'), sender('b'), sender('c')], next)).toEqual([
    sender('a', 5),
    sender('b', 9),
    sender('d', 1),
  ]);
});

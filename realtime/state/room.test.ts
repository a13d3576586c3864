import { expect, it } from 'vitest';
import { Room } from './room.ts';

function makeRoom() {
  let epochs = 0;
  return new Room('fleet', () => `e${++epochs}`);
}

it('numbers deltas without a hole and gives back those after a position', () => {
  const room = makeRoom();
  const sent = [1, 2, 3, 4].map((n) => room.next(n, { n }));
  expect(sent.map((text) => JSON.parse(text).s)).toEqual([1, 2, 3, 4]);
  expect(room.since({ epoch: 'e1', seq: 2 })).toEqual(sent.slice(2));
  expect(room.since({ epoch: 'e1', seq: 4 })).toEqual([]);
});

it('gives nothing for a position of another epoch, of the future, or from before the last minute', () => {
  const room = makeRoom();
  room.next(0, {});
  for (let i = 1; i <= 10; i++) room.next(60_000 + i, {});
  expect(room.since({ epoch: 'e0', seq: 5 })).toBeNull();
  expect(room.since({ epoch: 'e1', seq: 12 })).toBeNull();
  expect(room.since({ epoch: 'e1', seq: 0 })).toBeNull();
  expect(room.since({ epoch: 'e1', seq: 1 })).toHaveLength(10);
  room.restart();
  expect([room.since({ epoch: 'e1', seq: 1 }), room.epoch, room.seq]).toEqual([null, 'e2', 0]);
});

it('keeps at most 4 MiB of deltas', () => {
  const room = makeRoom();
  const text = 'x'.repeat(1024 * 1024);
  for (let i = 0; i < 20; i++) room.next(i, { text });
  expect(room.since({ epoch: 'e1', seq: 16 })).toBeNull();
  expect(room.since({ epoch: 'e1', seq: 17 })).toHaveLength(3);
});

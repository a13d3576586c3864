import { expect, test } from 'vitest';
import { InboxStore } from './inbox-store.ts';
import { alertRow } from './rows.fixture.ts';

const counts = { active: 1, acknowledged: 0, resolved: 0 } as never;

test('a row that newer alerts pushed below what is loaded has not left the list, until something is heard of it', () => {
  const start = { items: [alertRow({ id: 'new' })], nextCursor: 'there are more', counts };
  const store = new InboxStore({ limit: 1 }, ['active'], start);
  const pushed = alertRow({ id: 'pushed' });
  expect(store.hasLeft(pushed)).toBe(false);
  store.note('pushed', { version: 2, status: 'acknowledged' });
  expect(store.hasLeft(pushed)).toBe(true);
});

test('a row that is not in a whole list has left it', () => {
  const store = new InboxStore({ limit: 50 }, ['active'], { items: [], nextCursor: null, counts });
  expect(store.hasLeft(alertRow({ id: 'over' }))).toBe(true);
});

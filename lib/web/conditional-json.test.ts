import { expect, test } from 'vitest';
import { conditionalJson } from './conditional-json.ts';

const ask = (body: unknown, tag?: string) =>
  conditionalJson(body, new Request('https://a.example', { headers: tag ? { 'if-none-match': tag } : {} }));

test('an answer that the asker has already is 304 without a body, a changed one is sent again', async () => {
  const etag = ask({ values: [1] }).headers.get('etag') ?? '';
  const known = ask({ values: [1] }, `"other", W/${etag}`);
  expect([known.status, await known.text()]).toEqual([304, '']);
  const changed = ask({ values: [2] }, etag);
  expect([changed.status, await changed.json()]).toEqual([200, { values: [2] }]);
});

test('security N6: no shared cache keeps it', () => {
  expect(ask({}).headers.get('cache-control')).toBe('private, no-cache');
});

import { expect, test } from 'vitest';
import { refusal } from './refusal.ts';

const gone = { code: 'not_found' as const, message: 'There is nothing at this address.', issues: [] };
const accept = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';
const asked = (url: string, values: { method?: string; accept?: string } = {}) => ({
  method: values.method ?? 'GET',
  url,
  headers: { accept: values.accept ?? accept },
});

test('whoever opens an address in a browser that cannot be decoded reads a page in words, with the same status', async () => {
  const answer = refusal(asked('/agents/%ff'), gone, true);
  expect([answer.status, answer.headers.get('content-type')]).toEqual([404, 'text/html; charset=utf-8']);
  const text = await answer.text();
  expect(text).toContain('<h1>There is no such page</h1>');
  expect(text).toContain('href="/"');
  expect(text).not.toContain('urn:pitwall');
});

test('what is said of other refusals stands in the page as text', async () => {
  const failure = { code: 'too_large' as const, message: 'Longer than <b>"8000"</b>', issues: [] };
  const answer = refusal(asked('/x'), failure, false);
  expect(answer.status).toBe(413);
  expect(await answer.text()).toContain('Longer than &lt;b&gt;&quot;8000&quot;&lt;/b&gt;');
});

test.each([
  asked('/api/v1/agents/%ff'),
  asked('/scim/v2/Users/%ff'),
  asked('/agents/%ff', { accept: '*/*' }),
  asked('/agents/%ff', { method: 'POST' }),
])('programs read a problem document: %j', async (request) => {
  const answer = refusal(request, gone, false);
  expect([answer.status, answer.headers.get('content-type')]).toEqual([404, 'application/problem+json']);
  expect(await answer.json()).toMatchObject({ detail: gone.message });
});

test.each(['/agents/%ff', '/api/v1/agents/%ff'])(
  'security N5, N6: the refusal of %s is kept nowhere, framed by nobody and runs nothing',
  (url) => {
    const { headers } = refusal(asked(url), gone, true);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('content-security-policy')).toMatch(/default-src 'none'.*frame-ancestors 'none'/);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('strict-transport-security')).not.toBeNull();
  },
);

import { expect, test } from 'vitest';
import { AppError } from '#lib/kernel/errors.ts';
import { type ProbeRequest, probeAgent } from './probe-agent.ts';

const never = new AbortController().signal;
const probe = (url: string, request: ProbeRequest) => probeAgent(request, url, never);
const answers =
  (status: number, body = '') =>
  async () => ({ status, body });
const CARD = 'https://a.example/.well-known/agent-card.json';

test.each([
  ['https://a.example/health', 204, '', true, 'answered 204'],
  ['https://a.example/health', 302, '', false, 'answered 302'],
  ['https://a.example/health', 503, 'secret', false, 'answered 503'],
  [CARD, 200, '{"name":"planner","url":"x"}', true, 'answered 200'],
  [CARD, 200, '<html>', false, 'answered 200 without an agent card'],
  ['https://a.example/.well-known/agent.json', 200, '{}', false, 'answered 200 without an agent card'],
])('%s that answers %i with "%s": well is %s', async (url, status, body, ok, message) => {
  expect(await probe(url, answers(status, body))).toMatchObject({ ok, status, message });
});

test('security O5: an expected failure is told in its own words, any other says nothing of the inside', async () => {
  const refused = await probe(CARD, () =>
    Promise.reject(new AppError('unavailable', 'The host is not allowed.')),
  );
  const broken = await probe(CARD, () => Promise.reject(new Error('read ECONNRESET 10.0.0.5:443')));
  expect([refused.message, broken.message]).toEqual(['the host is not allowed', 'no answer came']);
  expect([refused.status, broken.ok]).toEqual([null, false]);
});

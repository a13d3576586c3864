import { expect, test } from 'vitest';
import { wordsOfProblem } from './problem-words.ts';

test.each([
  ['invalid_client (client authentication failed)', /client id or its secret/],
  ['iss mismatch, expected https://a, got: https://b', /Somebody else answered/],
  ['unexpected iss value, expected https://a, got: https://b', /Somebody else answered/],
  ['aud mismatch, expected a, got: b', /another client/],
  ['unexpected JWT alg received, expected RS256, got: HS256', /not accepted: RS256, PS256/],
  ['failed to validate JWT signature', /signature/],
  ['id_token expired, now 2, exp 1', /clocks/],
  ['userinfo failed: it speaks of somebody else', /more about the person/],
  ['userinfo failed: This address leads inside the network.', /OUTBOUND_ALLOW/],
  ['nonce mismatch, expected a, got: b', /another sign-in \(nonce\)/],
  ['state mismatch, expected a, got: b', /another sign-in \(state\)/],
  ['outgoing request timed out after 5000ms', /did not answer in time/],
  ['connect ECONNREFUSED 127.0.0.1:9', /could not be reached/],
  ['This address leads inside the network.', /OUTBOUND_ALLOW/],
  ['Its port 5432 is closed to outgoing requests.', /OUTBOUND_PORTS/],
  ['access_denied', /let nobody in/],
  ['something new', /did not come back whole/],
])('what a library says is put into words that help: %s', (message, words) => {
  expect(wordsOfProblem(new Error(message))).toMatch(words);
});

test('security O5: of what was said only a short text is shown, and nothing is no problem', () => {
  expect(wordsOfProblem(new Error('x'.repeat(5000))).length).toBeLessThan(300);
  expect(wordsOfProblem(undefined)).toBe('The sign-in did not come back whole.');
  expect(wordsOfProblem(Object.assign(new Error(''), { code: 'ECONNREFUSED' }))).toMatch(
    /could not be reached/,
  );
});

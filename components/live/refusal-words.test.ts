import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { refusalWords, SIGNED_OUT_EVENT } from './refusal-words.ts';

const heard = vi.fn();
beforeEach(() => {
  const page = new EventTarget();
  page.addEventListener(SIGNED_OUT_EVENT, heard);
  vi.stubGlobal('window', page);
});
afterEach(() => {
  vi.unstubAllGlobals();
  heard.mockClear();
});

test('an answer that nobody is signed in speaks to people, not of keys, and the page hears of it', async () => {
  const answer = Response.json({ detail: 'Sign in, or send an API key.' }, { status: 401 });
  expect(await refusalWords(answer)).toBe('Your session has ended. Sign in again.');
  expect(heard).toHaveBeenCalledOnce();
});

test('any other refusal keeps its words, and has some where it brought none', async () => {
  expect(await refusalWords(Response.json({ detail: 'Too many.' }, { status: 429 }))).toBe('Too many.');
  expect(await refusalWords(new Response('<html>', { status: 502 }))).toBe('The server answered 502.');
  expect(heard).not.toHaveBeenCalled();
});

import { computeLegacyCacheBustingSearchParam } from 'next/dist/shared/lib/router/utils/cache-busting-search-param.js';
import type { Chance } from '../history/chance.ts';
import { pick } from './hostile-values.ts';

/** Headers that Next reads for itself, as its router sends them and as nobody should. */

const DEEP = `${'["",{"c":'.repeat(1000)}["",{}]${'}]'.repeat(1000)}`;
const STATES = [
  '["",{"children":["x",{}]},null,"refetch"]',
  '["",{},null,"metadata-only"]',
  '["",{"children":[["id","x","d",null],{}]},null,"inside-shared-layout"]',
  '["",{"__proto__":["x",{}]}]',
  '%5B%22%22%5D',
  '%5B%22%22%2C%7B%7D%5D',
  '{"__proto__":1',
  '["",{},["a"],7]',
  DEEP,
  '%',
  '',
];
const PREFETCHES = [undefined, undefined, '1', '2', '3', 'x', ''];
const SEGMENTS = [undefined, undefined, undefined, '/_tree', '/_full', '/x', '__proto__', '%', ''];
const URLS = [undefined, undefined, undefined, '/overview', '//', 'http://[', '%'];

/** Headers that no page of ours sends, one at a time. */
const ODD: readonly Record<string, string>[] = [
  { 'next-hmr-refresh': '1' },
  { 'next-resume': '1', 'x-next-resume-state-length': '9' },
  { 'x-nextjs-data': '1' },
  { 'x-nextjs-request-id': '%', 'x-nextjs-html-request-id': '' },
  { 'x-middleware-prefetch': '1' },
  { 'x-middleware-subrequest': 'proxy:proxy:proxy:proxy:proxy' },
  { 'x-middleware-override-headers': 'cookie,host' },
  { 'x-middleware-rewrite': 'http://127.0.0.1:9/' },
  { 'x-middleware-set-cookie': 'pitwall-session=x; __proto__=1' },
  { 'x-middleware-next': '1' },
  { 'x-action-forwarded': '1' },
  { 'x-matched-path': 'http://[' },
  { 'x-now-route-matches': '1=%' },
  { 'x-prerender-revalidate': 'x', 'x-prerender-revalidate-if-generated': '1' },
  { 'x-next-revalidated-tags': 'a,b', 'x-next-revalidate-tag-token': 'x' },
  { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https' },
  { 'x-forwarded-host': 'a b', 'x-forwarded-port': 'x', 'x-forwarded-for': '%' },
  { 'content-security-policy': "script-src 'nonce-<x>'" },
  { 'accept-language': '*'.repeat(500) },
  { 'sec-fetch-dest': 'image' },
  { range: 'bytes=9-1', 'if-range': '%' },
  { 'if-none-match': '*', 'if-match': '"x"' },
  { 'user-agent': '' },
  { cookie: '__prerender_bypass=x; __next_preview_data=y; next-instant-navigation-testing=1' },
];

/**
 * What Next's router asks a page for, or something odd, or nothing.
 *
 * @returns `search`: what goes with the headers; where it is missing or wrong, Next leads to the right one instead of
 *   answering
 */
export function frameworkHeaders(chance: Chance): { headers: Record<string, string>; search: string } {
  const way = chance.next();
  if (way < 0.3) return { headers: {}, search: '' };
  if (way < 0.5) return { headers: { ...pick(chance, ODD) }, search: '' };
  const state = chance.happens(0.3) ? undefined : pick(chance, STATES);
  const [prefetch, segment, url] = [pick(chance, PREFETCHES), pick(chance, SEGMENTS), pick(chance, URLS)];
  const sent = {
    ...{ rsc: '1', 'next-router-state-tree': state, 'next-router-prefetch': prefetch },
    ...{ 'next-router-segment-prefetch': segment, 'next-url': url },
  };
  const headers = Object.fromEntries(
    Object.entries(sent).filter((pair): pair is [string, string] => pair[1] !== undefined),
  );
  const known = prefetch === '1' || prefetch === '2' || prefetch === '3' ? prefetch : undefined;
  const hash = computeLegacyCacheBustingSearchParam(known, segment || undefined, state, url);
  return { headers, search: chance.happens(0.85) ? `_rsc=${hash}` : '' };
}

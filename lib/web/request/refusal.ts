import type { IncomingMessage } from 'node:http';
import type { Failure } from '../failure.ts';
import { problem } from '../problem.ts';
import { fixedHeaders } from './security-headers.ts';

/** Nothing but its own look: the page needs no script, picture or form. */
const POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** Doors of programs, which read problems whatever they say that they accept. */
const MACHINES = /^\/(api|scim)(\/|$)/;

/** Whether somebody looks at the answer: a browser opens an address as a page. */
function isForPerson({ method, url, headers }: Pick<IncomingMessage, 'method' | 'url' | 'headers'>): boolean {
  const reads = method === 'GET' || method === 'HEAD';
  return reads && (headers.accept ?? '').includes('text/html') && !MACHINES.test(url ?? '');
}

const escaped = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

function page({ code, message }: Failure): string {
  const [title, words] =
    code === 'not_found'
      ? ['There is no such page', 'The address may be old or mistyped.']
      : ['This page cannot be shown', message];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escaped(title)} · Pitwall</title>
<style>body{font:1rem/1.5 system-ui,sans-serif;max-width:36rem;margin:6rem auto;padding:0 1rem}</style>
</head>
<body>
<main>
<h1>${escaped(title)}</h1>
<p>${escaped(words)}</p>
<p><a href="/">To the overview</a></p>
</main>
</body>
</html>
`;
}

/**
 * What is answered to a request that goes no further, before Next has read it: a plain page to whoever opens an address
 * in a browser, a problem document to everything else.
 */
export function refusal(
  request: Pick<IncomingMessage, 'method' | 'url' | 'headers'>,
  failure: Failure,
  secure: boolean,
): Response {
  const document = problem(failure);
  const headers = new Headers([...document.headers, ...fixedHeaders(secure)]);
  headers.set('content-security-policy', POLICY);
  const { status } = document;
  if (!isForPerson(request)) return new Response(document.body, { status, headers });
  headers.set('content-type', 'text/html; charset=utf-8');
  return new Response(page(failure), { status, headers });
}

import { isIP } from 'node:net';
import { AppError } from '#lib/kernel/errors.ts';

function refuse(message: string): never {
  throw new AppError('invalid', message);
}

/**
 * Reads an address that somebody typed. What the URL parser makes of decimal, hex or octal hosts and of
 * international names is what is connected to; no other parser sees the text (security O2).
 *
 * @throws AppError `invalid` in words
 */
export function readTarget(typed: string): URL {
  const target = URL.canParse(typed) ? new URL(typed) : refuse('This is no web address.');
  if (target.protocol !== 'http:' && target.protocol !== 'https:')
    refuse('Only http and https addresses are used.');
  if (target.username !== '' || target.password !== '')
    refuse('An address must not hold a user name or password.');
  if (target.hostname === '') refuse('The address names no host.');
  return target;
}

/** The IP address that stands in a URL as its host, else null. */
export function literalAddress(target: URL): string | null {
  const bare = target.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  return isIP(bare) === 0 ? null : bare;
}

/** Headers that decide how a request is framed or routed; they are ours to set (security O6). */
const OWN_HEADERS = new Set([
  'host',
  'content-length',
  'transfer-encoding',
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'upgrade',
  'expect',
  'http2-settings',
]);
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9a-z-]{1,100}$/;
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]{0,4000}$/;

/**
 * Checks headers that somebody typed.
 *
 * @throws AppError `invalid` for one that frames or routes the request, or that could break out of its line
 */
export function checkHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  const checked: Record<string, string> = {};
  for (const [typed, value] of Object.entries(headers)) {
    const name = typed.toLowerCase();
    if (!HEADER_NAME.test(name) || !HEADER_VALUE.test(value))
      refuse(`The header ${JSON.stringify(typed)} is not valid.`);
    if (OWN_HEADERS.has(name)) refuse(`The header ${name} cannot be set.`);
    checked[name] = value;
  }
  return checked;
}

import { createHmac, randomUUID } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { linkSecretOf, OF_LINKS } from './door-secrets.ts';
import { frameworkHeaders } from './framework-headers.ts';
import { hostileText, pick } from './hostile-values.ts';
import { programDoors } from './program-doors.ts';
import { webhookPayload } from './route-bodies.ts';
import {
  type Ammunition,
  aimedAt,
  bodyFor,
  type Door,
  type Kind,
  partOf,
  type Shot,
  searchOf,
  spoils,
} from './shot.ts';

const ROOT = join(import.meta.dirname, '../..');
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND'];

const filesOf = (pattern: string): string[] => globSync(pattern, { cwd: ROOT }).sort();

/** The address of a file of the tree, its parameters filled by their names in brackets. */
function addressOf(file: string, part: (name: string) => string): string {
  const folders = file.split('/').slice(1, -1);
  const parts = folders.filter((name) => !/^\(.*\)$/.test(name));
  const filled = parts.map((name) => (/^\[/.test(name) ? part(name) : name));
  return `/${filled.join('/')}`;
}

/** What stands behind the open paths, by method. */
const OPERATIONS: Partial<Record<Kind, readonly string[]>> = {
  'sign-on': [
    ...['GET callback/oidc', 'GET callback/oidc', 'GET session', 'GET error', 'GET signin', 'GET csrf'],
    ...['GET providers', 'POST signin/oidc', 'POST callback/oidc', 'POST signout'],
  ],
};

/** Search parameters of routes that no document describes, with values that they take. */
const SEARCHES: Partial<Record<Kind, Record<string, string>>> = {
  'sign-on': {
    state: 'x',
    code: 'x',
    iss: 'x',
    error: 'access_denied',
    callbackUrl: '/overview',
    prompt: 'none',
  },
};
const ANY_SEARCH = { filter: 'x', cursor: 'x', limit: '5', q: 'x', token: 'x', callbackUrl: '/overview' };

/** The method that a route file is about. */
const methodOf = (file: string): string =>
  /export const (POST|PUT|DELETE)\b/.exec(sourceOf(file))?.[1] ?? 'GET';

/** A method, and what stands at the end of an open path: an operation of the interface, or another. */
function operationOf(kind: Kind, file: string, from: Ammunition): { method: string; rest: string } {
  const { chance } = from;
  const [known = '', template = ''] = pick(chance, OPERATIONS[kind] ?? [`${methodOf(file)} `]).split(' ');
  const method = spoils(from, template === '' ? 0.5 : 0.1) ? pick(chance, METHODS) : known;
  return { method, rest: template !== '' && !spoils(from, 0.05) ? template : partOf(from) };
}

function searchFor(kind: Kind, from: Ammunition): string {
  if (from.chance.happens(0.4)) return '';
  const known = SEARCHES[kind] ?? ANY_SEARCH;
  return searchOf(Object.keys(known), known, from);
}

/** The kind that the report counts a route under. */
function kindOf(file: string): Kind {
  if (file.includes('/scim/')) return 'scim';
  if (file.includes('/v2/')) return 'alertmanager';
  if (file.includes('/api/auth/')) return 'sign-on';
  return file.includes('/calendar/') ? 'calendar' : 'route';
}

/** What a browser says of where a request comes from. */
function credentialsFor(kind: Kind, from: Ammunition): Record<string, string> {
  // A link of our own page leads there; from elsewhere none does.
  if (kind === 'sign-on' && !spoils(from, 0.3)) return { 'sec-fetch-site': 'same-origin' };
  return {};
}

/** A part of the path of a route: an id of what it is about, or the secret that opens it. */
function routePart(file: string, from: Ammunition): string {
  const { chance, secrets } = from;
  const secret = linkSecretOf(file, secrets);
  if (secret !== undefined && !spoils(from, 0.4)) return chance.happens(0.5) ? `${secret}.ics` : secret;
  if (file.includes('/api/auth/') && !spoils(from, 0.3)) return 'oidc';
  if (file.includes('/webhooks/') && !spoils(from, 0.15)) return secrets.webhook.id;
  return partOf(from);
}

/** A delivery of a repository, mostly signed. */
function deliveryOf(from: Ammunition) {
  const { chance, secrets } = from;
  const { headers, body } = bodyFor(webhookPayload, from, { good: 0.6 });
  const signature = createHmac('sha256', secrets.webhook.secret).update(body).digest('hex');
  const event = pick(chance, ['push', 'release', 'workflow_run', 'ping', 'star', '__proto__']);
  const signed: Record<string, string> = spoils(from, 0.2)
    ? {}
    : { 'x-hub-signature-256': `sha256=${signature}` };
  const guid = spoils(from, 0.1) ? partOf(from) : randomUUID();
  return { headers: { ...headers, ...signed, 'x-github-event': event, 'x-github-delivery': guid }, body };
}

/** The body of a route: a provider's word that it signed somebody out, as a form; else JSON. */
function bodyOf(file: string, from: Ammunition) {
  const { chance, secrets } = from;
  if (file.includes('/webhooks/')) return deliveryOf(from);
  if (file.includes('/back-channel/') && !spoils(from, 0.2)) {
    const token = spoils(from, 0.4) ? hostileText(chance).toWellFormed().slice(0, 2000) : secrets.logoutToken;
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    return { headers, body: new URLSearchParams({ logout_token: token }).toString() };
  }
  if (file.includes('/live-token/') && !spoils(from, 0.4))
    return {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ teamId: from.teamId }),
    };
  return bodyFor({ type: 'object' }, aimedAt('users', from));
}

/** Routes that answer nothing but refusals, and those whose operations the document describes. */
const ODD_ROUTES = /\/\[\[\.\.\.unknown\]\]\/|\/api\/v1\/(?!openapi)/;

function routeDoor(file: string): Door {
  const kind = kindOf(file);
  const aim = (from: Ammunition): Shot => {
    const { chance } = from;
    const { method, rest } = operationOf(kind, file, from);
    const part = (name: string) => (/^\[\[?\.\.\./.test(name) ? rest : routePart(file, from));
    const path = addressOf(file, part) + searchFor(kind, from);
    const odd = spoils(from, 0.1) ? frameworkHeaders(chance).headers : {};
    const headers = { ...credentialsFor(kind, from), ...odd };
    if (method === 'GET' || method === 'HEAD' || method === 'OPTIONS') return { method, path, headers };
    const { headers: typed, body } = bodyOf(file, from);
    return { method, path, headers: { ...headers, ...typed }, body };
  };
  return { kind, name: file, aim, ...(ODD_ROUTES.test(file) ? { isOdd: true } : {}) };
}

const KEYS = [
  ...Object.keys(ANY_SEARCH),
  ...['status', 'agent', 'from', 'to', 'range', 'page', 'view', 'environment', 'sort', 'tab'],
];

/** Cookies of ours, right and spoilt. */
function cookieFor(file: string, from: Ammunition): Record<string, string> {
  const { chance, secrets } = from;
  if (file.includes('/second-step/') && !spoils(from, 0.2))
    return { cookie: `pitwall-second-step=${secrets.secondStep}` };
  const text = encodeURIComponent(hostileText(chance).toWellFormed().slice(0, 500));
  return spoils(from, 0.05) ? { cookie: `pitwall-team=${text}` } : {};
}

/** The search of a page: what it knows, the secret of its link, and what Next's router puts there. */
function pageSearch(file: string, from: Ammunition, ofRouter: string): string {
  const { secrets } = from;
  const token =
    file.includes('/reset-password/') && !spoils(from, 0.3) ? `token=${secrets.passwordReset}` : '';
  const search = token
    ? ''
    : searchOf(KEYS, Object.fromEntries(KEYS.map((key) => [key, '1'])), from).slice(1);
  const parts = [token, search, ofRouter].filter((part) => part !== '');
  return parts.length === 0 ? '' : `?${parts.join('&')}`;
}

function pageDoor(file: string): Door {
  const noun = /([\w-]+)\/\[/.exec(file)?.[1] ?? '';
  const aim = (any: Ammunition): Shot => {
    const from = aimedAt(noun, any, file.includes('/settings/notifications/[id]/') ? 'Channel' : '');
    const { chance } = from;
    const secret = linkSecretOf(file, from.secrets);
    const ofRouter = from.isWhole ? { headers: {}, search: '' } : frameworkHeaders(chance);
    const part = () => (secret !== undefined && !spoils(from, 0.3) ? secret : partOf(from));
    const path = addressOf(file, part) + pageSearch(file, from, ofRouter.search);
    return { method: 'GET', path, headers: { ...ofRouter.headers, ...cookieFor(file, from) } };
  };
  return { kind: OF_LINKS.test(file) ? 'link' : 'page', name: file, aim };
}

/** Every route handler of the tree, whether or not a document describes it. */
export function routeDoors(): Door[] {
  return filesOf('app/**/route.ts').flatMap((file) => {
    if (file.startsWith('app/scim/v2/')) return programDoors('scim', file);
    return file.includes('/v2/') ? programDoors('alertmanager', file) : [routeDoor(file)];
  });
}

/** Every page. */
export function pageDoors(): Door[] {
  return filesOf('app/**/page.tsx').map(pageDoor);
}

/** The addresses of all pages, with an id of something that exists in the places of parameters. */
export function pageAddresses(id: string): string[] {
  return filesOf('app/**/page.tsx').map((file) => addressOf(file, () => id));
}

/** Every server action of the tree, as `file#name`. */
export function actionsOfTree(): string[] {
  const named = filesOf('app/**/actions.ts').flatMap((file) =>
    [...sourceOf(file).matchAll(/^export (?:const|async function) (\w+)/gm)].map(
      ([, name]) => `${file}#${name}`,
    ),
  );
  return named.toSorted();
}

/** The source of a file of the tree. */
export const sourceOf = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

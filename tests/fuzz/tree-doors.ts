import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { linkSecretOf, OF_LINKS } from './door-secrets.ts';
import { frameworkHeaders } from './framework-headers.ts';
import { hostileText, pick } from './hostile-values.ts';
import { bodySchemaOf } from './route-bodies.ts';
import {
  type Ammunition,
  aimedAt,
  bodyFor,
  type Door,
  type Kind,
  partOf,
  type Shot,
  searchOf,
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
  scim: [
    ...[
      'GET Users',
      'POST Users',
      'POST Users',
      'GET Users/{id}',
      'PUT Users/{id}',
      'PATCH Users/{id}',
      'DELETE Users/{id}',
    ],
    ...[
      'GET Groups',
      'POST Groups',
      'POST Groups',
      'GET Groups/{id}',
      'PUT Groups/{id}',
      'PATCH Groups/{id}',
    ],
    ...['DELETE Groups/{id}', 'GET ServiceProviderConfig', 'GET Schemas', 'GET ResourceTypes/{id}'],
    ...['POST Bulk', 'POST .search', 'GET Me'],
  ],
  alertmanager: [
    ...['GET alerts', 'POST alerts', 'POST alerts', 'GET alerts/groups', 'GET silences', 'POST silences'],
    ...['GET silence/{id}', 'DELETE silence/{id}', 'GET status', 'GET receivers', 'GET nope', 'GET silence'],
  ],
  'sign-on': [
    ...['GET callback/oidc', 'GET callback/oidc', 'GET session', 'GET error', 'GET signin', 'GET csrf'],
    ...['GET providers', 'POST signin/oidc', 'POST callback/oidc', 'POST signout'],
  ],
};

/** Search parameters of routes that no document describes, with values that they take. */
const SEARCHES: Partial<Record<Kind, Record<string, string>>> = {
  scim: {
    filter: 'userName eq "somebody@example.test"',
    startIndex: '1',
    count: '5',
    excludedAttributes: 'members',
  },
  'sign-on': {
    state: 'x',
    code: 'x',
    iss: 'x',
    error: 'access_denied',
    callbackUrl: '/overview',
    prompt: 'none',
  },
  alertmanager: { filter: 'severity="critical"', active: 'true', silenced: 'false', receiver: '.*' },
};
/** Kinds whose clients are programs: most of what they send is right, or nothing behind their doors is reached. */
const ASKS_WHOLE: ReadonlySet<Kind> = new Set(['scim', 'alertmanager']);
const ANY_SEARCH = { filter: 'x', cursor: 'x', limit: '5', q: 'x', token: 'x', callbackUrl: '/overview' };

/** An id in an open path: of programs mostly one that exists. */
function idOf(kind: Kind, noun: string, from: Ammunition): string {
  const near = aimedAt(noun, from);
  return ASKS_WHOLE.has(kind) && near.ids.length > 0 && near.chance.happens(0.6)
    ? pick(near.chance, near.ids)
    : partOf(near);
}

/** A method, and what stands at the end of an open path: an operation of the interface, or another. */
function operationOf(kind: Kind, from: Ammunition): { method: string; rest: string } {
  const { chance } = from;
  const [known = '', template = ''] = pick(chance, OPERATIONS[kind] ?? ['GET ']).split(' ');
  const method = template !== '' && chance.happens(0.9) ? known : pick(chance, METHODS);
  const noun = template.startsWith('silence/') ? 'silences' : (template.split('/')[0] ?? '');
  const rest = template.replace('{id}', () => idOf(kind, noun, from));
  return { method, rest: rest !== '' && chance.happens(0.95) ? rest : partOf(from) };
}

function searchFor(kind: Kind, from: Ammunition): string {
  if (from.chance.happens(ASKS_WHOLE.has(kind) ? 0.7 : 0.4)) return '';
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

/** The credentials of whoever a door is made for, where that is neither a person nor an API key. */
function credentialsFor(kind: Kind, { chance, secrets }: Ammunition): Record<string, string> {
  const { provisioning, integration } = secrets;
  const basic = Buffer.from(`x:${integration.secret}`).toString('base64');
  if (kind === 'scim' && chance.happens(0.85)) return { authorization: `Bearer ${provisioning}` };
  // A link of our own page leads there; from elsewhere none does.
  if (kind === 'sign-on' && chance.happens(0.7)) return { 'sec-fetch-site': 'same-origin' };
  if (kind === 'alertmanager' && chance.happens(0.75))
    return { authorization: chance.happens(0.5) ? `Bearer ${integration.secret}` : `Basic ${basic}` };
  return {};
}

/** A part of the path of a route: an id of what it is about, or the secret that opens it. */
function routePart(file: string, from: Ammunition): string {
  const { chance, secrets } = from;
  const secret = linkSecretOf(file, secrets);
  if (secret !== undefined && chance.happens(0.6)) return chance.happens(0.5) ? `${secret}.ics` : secret;
  if (file.includes('/api/auth/') && chance.happens(0.7)) return 'oidc';
  if (file.includes('/integrations/') && chance.happens(0.8)) return secrets.integration.id;
  return partOf(from);
}

/** The body of a route: a provider's word that it signed somebody out, as a form; else JSON. */
function bodyOf(file: string, kind: Kind, rest: string, method: string, from: Ammunition) {
  const { chance, secrets } = from;
  if (file.includes('/back-channel/') && chance.happens(0.8)) {
    const token = chance.happens(0.6)
      ? secrets.logoutToken
      : hostileText(chance).toWellFormed().slice(0, 2000);
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    return { headers, body: new URLSearchParams({ logout_token: token }).toString() };
  }
  const noun = kind === 'scim' ? 'Users' : kind === 'alertmanager' ? 'silences' : 'users';
  const good = ASKS_WHOLE.has(kind) ? { good: 0.65 } : {};
  return bodyFor(bodySchemaOf(rest, method), aimedAt(noun, from), good);
}

function routeDoor(file: string): Door {
  const kind = kindOf(file);
  const aim = (from: Ammunition): Shot => {
    const { chance } = from;
    const { method, rest } = operationOf(kind, from);
    const part = (name: string) => (/^\[\[?\.\.\./.test(name) ? rest : routePart(file, from));
    const path = addressOf(file, part) + searchFor(kind, from);
    const odd = chance.happens(0.1) ? frameworkHeaders(chance).headers : {};
    const headers = { ...credentialsFor(kind, from), ...odd };
    if (method === 'GET' || method === 'HEAD' || method === 'OPTIONS') return { method, path, headers };
    const { headers: typed, body } = bodyOf(file, kind, rest, method, from);
    return { method, path, headers: { ...headers, ...typed }, body };
  };
  return { kind, name: file, aim };
}

const KEYS = [
  ...Object.keys(ANY_SEARCH),
  ...['status', 'agent', 'from', 'to', 'range', 'page', 'view', 'environment', 'sort', 'tab'],
];

/** Cookies of ours, right and spoilt. */
function cookieFor(file: string, { chance, secrets }: Ammunition): Record<string, string> {
  if (file.includes('/second-step/') && chance.happens(0.8))
    return { cookie: `pitwall-second-step=${secrets.secondStep}` };
  const text = encodeURIComponent(hostileText(chance).toWellFormed().slice(0, 500));
  return chance.happens(0.05) ? { cookie: `pitwall-team=${text}` } : {};
}

/** The search of a page: what it knows, the secret of its link, and what Next's router puts there. */
function pageSearch(file: string, from: Ammunition, ofRouter: string): string {
  const { chance, secrets } = from;
  const token =
    file.includes('/reset-password/') && chance.happens(0.7) ? `token=${secrets.passwordReset}` : '';
  const search = token
    ? ''
    : searchOf(KEYS, Object.fromEntries(KEYS.map((key) => [key, '1'])), from).slice(1);
  const parts = [token, search, ofRouter].filter((part) => part !== '');
  return parts.length === 0 ? '' : `?${parts.join('&')}`;
}

function pageDoor(file: string): Door {
  const noun = /([\w-]+)\/\[/.exec(file)?.[1] ?? '';
  const aim = (any: Ammunition): Shot => {
    const from = aimedAt(noun, any);
    const { chance } = from;
    const secret = linkSecretOf(file, from.secrets);
    const ofRouter = frameworkHeaders(chance);
    const part = () => (secret !== undefined && chance.happens(0.7) ? secret : partOf(from));
    const path = addressOf(file, part) + pageSearch(file, from, ofRouter.search);
    return { method: 'GET', path, headers: { ...ofRouter.headers, ...cookieFor(file, from) } };
  };
  return { kind: OF_LINKS.test(file) ? 'link' : 'page', name: file, aim };
}

/** Every route handler of the tree, whether or not a document describes it. */
export function routeDoors(): Door[] {
  return filesOf('app/**/route.ts').map(routeDoor);
}

/** Every page. */
export function pageDoors(): Door[] {
  return filesOf('app/**/page.tsx').map(pageDoor);
}

/** The addresses of all pages, with an id of something that exists in the places of parameters. */
export function pageAddresses(id: string): string[] {
  return filesOf('app/**/page.tsx').map((file) => addressOf(file, () => id));
}

/** The source of a file of the tree. */
export const sourceOf = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

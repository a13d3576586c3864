import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hostileText, pick } from './hostile-values.ts';
import { type Ammunition, bodyFor, type Door, partOf, searchOf } from './shot.ts';

const ROOT = join(import.meta.dirname, '../..');
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND'];

const filesOf = (pattern: string): string[] => globSync(pattern, { cwd: ROOT }).sort();

/** The address of a file of the tree, its parameters filled. */
function addressOf(file: string, part: () => string): string {
  const folders = file.split('/').slice(1, -1);
  const parts = folders.filter((name) => !/^\(.*\)$/.test(name));
  const filled = parts.map((name) => (/^\[/.test(name) ? part() : name));
  return `/${filled.join('/')}`;
}

/** What is known of the bodies of routes that no document describes. */
const alert = {
  type: 'object',
  required: ['labels'],
  properties: {
    labels: { type: 'object', additionalProperties: { type: 'string' } },
    annotations: { type: 'object', additionalProperties: { type: 'string' } },
    startsAt: { type: 'string', format: 'date-time' },
    endsAt: { type: 'string', format: 'date-time' },
    generatorURL: { type: 'string', format: 'uri' },
  },
};
const matcher = {
  type: 'object',
  required: ['name', 'value', 'isRegex', 'isEqual'],
  properties: {
    name: { type: 'string' },
    value: { type: 'string' },
    isRegex: { type: 'boolean' },
    isEqual: { type: 'boolean' },
  },
};
const silence = {
  type: 'object',
  required: ['matchers', 'startsAt', 'endsAt', 'createdBy', 'comment'],
  properties: {
    matchers: { type: 'array', minItems: 1, items: matcher },
    startsAt: { type: 'string', format: 'date-time' },
    endsAt: { type: 'string', format: 'date-time' },
    createdBy: { type: 'string' },
    comment: { type: 'string' },
    id: { type: 'string', format: 'uuid' },
  },
};
const scim = {
  type: 'object',
  properties: {
    schemas: { type: 'array', items: { type: 'string' } },
    userName: { type: 'string', format: 'email' },
    externalId: { type: 'string' },
    active: { type: 'boolean' },
    displayName: { type: 'string' },
    name: { type: 'object', properties: { formatted: { type: 'string' }, givenName: { type: 'string' } } },
    emails: {
      type: 'array',
      items: { type: 'object', properties: { value: { type: 'string' }, primary: { type: 'boolean' } } },
    },
    members: { type: 'array', items: { type: 'object', properties: { value: { type: 'string' } } } },
    Operations: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          op: { enum: ['add', 'replace', 'remove', 'Replace'] },
          path: { enum: ['active', 'members', 'displayName', 'members[value eq "x"]', 'emails[0'] },
          value: { type: 'object', properties: { active: { type: 'boolean' } } },
        },
      },
    },
  },
};
const BODIES = [{ type: 'array', items: alert }, silence, scim, { type: 'object' }];
const ALERTMANAGER = [
  'alerts',
  'alerts/groups',
  'silences',
  'silence',
  'silence/',
  'status',
  'receivers',
  'nope',
];
const SCIM = [
  'Users',
  'Groups',
  'ServiceProviderConfig',
  'Schemas',
  'ResourceTypes',
  'Bulk',
  '.search',
  'Me',
];
const SEARCH = [
  'filter',
  'count',
  'startIndex',
  'cursor',
  'active',
  'silenced',
  'limit',
  'q',
  'token',
  'callbackUrl',
];

/** What stands at the end of an open path: a resource of the interface, perhaps with an id. */
function restOf(file: string, from: Ammunition): string {
  const { chance } = from;
  const names = file.includes('scim') ? SCIM : ALERTMANAGER;
  const name = chance.happens(0.9) ? pick(chance, names) : partOf(from);
  return chance.happens(0.4) ? `${name}/${partOf(from)}` : name;
}

function searchFor(from: Ammunition): string {
  return searchOf(SEARCH, Object.fromEntries(SEARCH.map((name) => [name, 'x'])), from);
}

function routeDoor(file: string): Door {
  const open = /\[\[?\.\.\./.test(file);
  return (from) => {
    const { chance } = from;
    const path = addressOf(file, () => (open ? restOf(file, from) : partOf(from))) + searchFor(from);
    const method = pick(chance, METHODS);
    const base = { door: `route ${file}`, method, path };
    if (method === 'GET' || method === 'HEAD' || method === 'OPTIONS') return { ...base, headers: {} };
    return { ...base, ...bodyFor(pick(chance, BODIES), from) };
  };
}

const RSC: readonly Record<string, string>[] = [
  {},
  { rsc: '1' },
  { rsc: '1', 'next-router-prefetch': '1' },
  { rsc: '1', 'next-router-state-tree': '%5B%22%22%5D' },
  { rsc: '1', 'next-router-state-tree': '{"__proto__":1' },
  { rsc: '1', 'next-router-segment-prefetch': '/_tree' },
  { 'x-middleware-subrequest': 'proxy:proxy:proxy:proxy:proxy' },
  { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https' },
  { 'x-nextjs-data': '1' },
  { 'accept-language': '*'.repeat(500) },
];

/** Cookies of ours and of others, spoilt. */
function pageDoor(file: string): Door {
  return (from) => {
    const { chance } = from;
    const headers: Record<string, string> = { ...pick(chance, RSC) };
    if (chance.happens(0.05))
      headers.cookie = `pitwall-team=${encodeURIComponent(hostileText(chance).toWellFormed().slice(0, 500))}`;
    const keys = [
      ...SEARCH,
      'status',
      'agent',
      'from',
      'to',
      'range',
      'page',
      'view',
      'environment',
      'sort',
      'tab',
    ];
    const search = searchOf(keys, Object.fromEntries(keys.map((key) => [key, '1'])), from);
    return {
      door: `page ${file}`,
      method: 'GET',
      path: addressOf(file, () => partOf(from)) + search,
      headers,
    };
  };
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

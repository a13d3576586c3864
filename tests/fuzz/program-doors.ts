import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DoorSecrets } from './door-secrets.ts';
import { frameworkHeaders } from './framework-headers.ts';
import { pick } from './hostile-values.ts';
import { bodySchemaOf } from './route-bodies.ts';
import { type Ammunition, aimedAt, bodyFor, type Door, partOf, type Shot, searchOf, spoils } from './shot.ts';

/**
 * Doors whose clients are programs: directories through SCIM, and senders and tools of Alertmanager. Each operation is
 * a door of its own, so that the report says of each whether it was reached; most of what they are sent is right, or
 * nothing behind them is.
 */

type ProgramKind = 'scim' | 'alertmanager';

const ROOT = join(import.meta.dirname, '../..');
const TABLES: Readonly<Record<ProgramKind, string>> = {
  scim: 'lib/web/scim/operations.ts',
  alertmanager: 'lib/web/alertmanager/operations.ts',
};

/** What answers, as the product's own table lists it: `PATCH Users/{id}`. */
export function operationsOf(kind: ProgramKind): string[] {
  const source = readFileSync(join(ROOT, TABLES[kind]), 'utf8');
  return [...source.matchAll(/^ {2}'((?:GET|POST|PUT|PATCH|DELETE) [^']+)':/gm)].map(([, name = '']) => name);
}

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND'];
/** Addresses without an operation, some of which others have. */
const NO_OPERATION: Readonly<Record<ProgramKind, readonly string[]>> = {
  scim: ['Bulk', '.search', 'Me', 'Users/.search', 'Groups', 'Schemas'],
  alertmanager: ['nope', 'silence', 'alerts/groups/x', 'silences'],
};
/** Schemas and kinds of resources that there are. */
const NAMED: Readonly<Record<string, readonly string[]>> = {
  Schemas: ['User', 'Group'].map((name) => `urn:ietf:params:scim:schemas:core:2.0:${name}`),
  ResourceTypes: ['User', 'Group'],
};

/** Search parameters by operation, with values that it takes. */
function searchValues(operation: string, { chance }: Ammunition): Record<string, string> {
  const page = { startIndex: '1', count: '5' };
  const matching = { filter: pick(chance, ['severity="critical"', 'agent=~"a.*"', 'alertname!="x"']) };
  const states = { active: 'true', silenced: 'false', inhibited: 'false', unprocessed: 'true' };
  switch (operation) {
    case 'GET Users':
      return { ...page, filter: pick(chance, ['userName eq "a@example.test"', 'externalId eq "x"']) };
    case 'GET Groups':
      return { ...page, filter: 'displayName eq "x"', excludedAttributes: 'members' };
    case 'GET Groups/{id}':
      return { excludedAttributes: 'members' };
    case 'GET alerts':
    case 'GET alerts/groups':
      return { ...states, ...matching, receiver: '.*' };
    case 'GET silences':
      return matching;
    default:
      return {};
  }
}

/** An id in an address: mostly of something that exists. */
function idOf(noun: string, from: Ammunition): string {
  const named = NAMED[noun];
  if (named) return spoils(from, 0.4) ? partOf(from) : pick(from.chance, named);
  const near = aimedAt(noun === 'silence' ? 'silences' : noun, from);
  return near.ids.length > 0 && !spoils(near, 0.3) ? pick(near.chance, near.ids) : partOf(near);
}

/** Who knocks: a provisioning client; a sender with its secret, or a key that may silence, which a sender may not. */
function credentialsFor(kind: ProgramKind, operation: string, from: Ammunition): Record<string, string> {
  const { chance, secrets } = from;
  if (spoils(from, 0.12)) return {};
  if (kind === 'scim') return { authorization: `Bearer ${secrets.provisioning}` };
  return {
    authorization: alertmanagerCredential(/^(?:POST|DELETE) silence/.test(operation), chance.next(), secrets),
  };
}

function alertmanagerCredential(
  silences: boolean,
  way: number,
  { writeKey, integration }: DoorSecrets,
): string {
  const secret = way < (silences ? 0.85 : 0) ? writeKey : integration.secret;
  return way < 0.5 ? `Bearer ${secret}` : `Basic ${Buffer.from(`x:${secret}`).toString('base64')}`;
}

/** How an open path begins in front of the operation: the folders of its file, with the integration's id. */
function baseOf(file: string, from: Ammunition): string {
  const folders = file.split('/').slice(1, -2);
  const { integration } = from.secrets;
  const id = () => (spoils(from, 0.15) ? partOf(from) : integration.id);
  return `/${folders.map((name) => (name.startsWith('[') ? id() : name)).join('/')}`;
}

const hasBody = (method: string) => !['GET', 'HEAD', 'OPTIONS'].includes(method);

function operationDoor(kind: ProgramKind, file: string, operation: string): Door {
  const [method = 'GET', template = ''] = operation.split(' ');
  const noun = template.split('/')[0] ?? '';
  const aim = (from: Ammunition): Shot => {
    const { chance } = from;
    const rest = template.replace('{id}', () => idOf(noun, from));
    const known = searchValues(operation, from);
    const search = chance.happens(0.3) ? searchOf(Object.keys(known), known, from) : '';
    const path = `${baseOf(file, from)}/${rest}${search}`;
    const odd = spoils(from, 0.05) ? frameworkHeaders(chance).headers : {};
    const headers = { ...credentialsFor(kind, operation, from), ...odd };
    if (!hasBody(method) || (method === 'DELETE' && !spoils(from, 0.2))) return { method, path, headers };
    const near = aimedAt(kind === 'scim' ? 'Users' : 'silences', from);
    const { headers: typed, body } = bodyFor(bodySchemaOf(template, method), near, { good: 0.7 });
    return { method, path, headers: { ...headers, ...typed }, body };
  };
  return { kind, name: `${file} ${operation}`, aim };
}

/** Whatever else is asked for below an open path: other methods, other addresses. */
function oddDoor(kind: ProgramKind, file: string): Door {
  const aim = (from: Ammunition): Shot => {
    const { chance } = from;
    const method = pick(chance, METHODS);
    const way = chance.next();
    const [, known = ''] = pick(chance, operationsOf(kind)).split(' ');
    const rest =
      way < 0.4
        ? pick(chance, NO_OPERATION[kind])
        : way < 0.7
          ? known.replace('{id}', () => partOf(from))
          : partOf(from);
    const path = `${baseOf(file, from)}/${rest}`;
    const headers = credentialsFor(kind, 'GET', from);
    if (!hasBody(method)) return { method, path, headers };
    const { headers: typed, body } = bodyFor(bodySchemaOf(rest, method), from);
    return { method, path, headers: { ...headers, ...typed }, body };
  };
  return { kind, name: `${file} anything else`, isOdd: true, aim };
}

/** The doors behind a file of an open path of programs. */
export function programDoors(kind: ProgramKind, file: string): Door[] {
  const known = operationsOf(kind).map((operation) => operationDoor(kind, file, operation));
  return [...known, oddDoor(kind, file)];
}

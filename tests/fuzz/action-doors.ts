import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { linkSecretOf, OF_LINKS } from './door-secrets.ts';
import { frameworkHeaders } from './framework-headers.ts';
import { type JsonSchema, spoilValue, valueFor } from './from-schema.ts';
import { hostileValue, pick, randomBytes, spoilBytes, toJsonText } from './hostile-values.ts';
import { type Ammunition, aimedAt, type Door, partOf, type Shot, spoils } from './shot.ts';
import { sourceOf } from './tree-doors.ts';

const ROOT = join(import.meta.dirname, '../..');
const MANIFEST = join(ROOT, '.next/server/server-reference-manifest.json');

/** A server action as the build lists it. */
interface Action {
  id: string;
  /** Pages that know it, as addresses with parameters in brackets. */
  pages: string[];
  filename: string;
  exportedName: string;
}

/** Every server action of the build that lies in `.next`. */
function actionsOfBuild(): Action[] {
  const { node } = JSON.parse(readFileSync(MANIFEST, 'utf8')) as {
    node: Record<string, { workers: Record<string, unknown>; filename: string; exportedName: string }>;
  };
  return Object.entries(node).map(([id, { workers, filename, exportedName }]) => {
    const pages = Object.keys(workers).map((page) => {
      const parts = page
        .replace(/^app/, '')
        .replace(/\/page$/, '')
        .split('/');
      return parts.filter((part) => !/^\(.*\)$/.test(part)).join('/') || '/';
    });
    return { id, pages, filename, exportedName };
  });
}

/** The schema of the verb that an action binds; `{}` for one that binds none. */
export async function schemaOf({
  filename,
  exportedName,
}: Pick<Action, 'filename' | 'exportedName'>): Promise<JsonSchema> {
  const source = sourceOf(filename);
  const verb = new RegExp(`export const ${exportedName} = (?:action|asking)\\((\\w+)[,)]`).exec(source)?.[1];
  if (verb === undefined) return {};
  const line = new RegExp(`import \\{([^}]*\\b${verb}\\b[^}]*)\\} from '#([^']+)'`).exec(source);
  const from = line?.[2];
  if (from === undefined) return {};
  const alias = new RegExp(`(\\w+) as ${verb}\\b`).exec(line?.[1] ?? '')?.[1] ?? verb;
  const file = from.startsWith('.') ? join(dirname(filename), from) : from;
  const { [alias]: bound } = (await import(join(ROOT, file))) as Record<string, { input?: z.ZodType }>;
  if (!bound?.input) return {};
  return z.toJSONSchema(bound.input, { io: 'input', unrepresentable: 'any' }) as JsonSchema;
}

/** References of the Flight encoding, right and wrong. */
const FLIGHT = [
  '[]',
  '["$F1"]',
  '["$h1"]',
  '["$T1"]',
  '["$@0"]',
  '["$K1"]',
  '["$Q1"]',
  '["$W1"]',
  '["$i1"]',
  '["$B1"]',
  '["$A1"]',
  '["$r1"]',
  '["$x1"]',
  '["$0"]',
  '["$1:__proto__:then"]',
  '["$1:constructor:constructor"]',
  '["$undefined"]',
  '["$Infinity"]',
  '["$Dnope"]',
  `["$n${'9'.repeat(5000)}"]`,
  '["$SSymbol.iterator"]',
  '{"then":"$1:then"}',
  '{"0":1,"length":1e9}',
  'null',
  '',
  '[[[',
  '"$"',
];

type Sent = { headers: Record<string, string>; body: Buffer | string };

/** A multipart body of named parts. */
function multipart(
  parts: readonly [string, string][],
  boundary = '----WebKitFormBoundary0123456789abcdef',
): Sent {
  const lines = parts.map(
    ([name, value]) => `--${boundary}\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  return {
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
    body: `${lines.join('')}--${boundary}--\r\n`,
  };
}

function argumentsFor(schema: JsonSchema, from: Ammunition): string {
  const { chance } = from;
  const good = Object.keys(schema).length === 0 ? hostileValue(chance) : valueFor(schema, from);
  const value = spoils(from, 0.7) ? spoilValue(good, chance) : good;
  return toJsonText(spoils(from, 0.1) ? [value, hostileValue(chance), value] : [value]);
}

/** The field of a link that stands for the secret which opens it, and others that forms of ours have. */
function fieldsFor(filename: string, from: Ammunition): [string, string][] {
  const { chance, secrets } = from;
  const secret = linkSecretOf(filename, secrets);
  const names = ['email', 'password', 'token', 'callbackUrl', 'name', 'code', '__proto__', '$ACTION_KEY'];
  return names.map((name) => {
    if (name === 'token' && secret !== undefined && !spoils(from, 0.2)) return [name, secret];
    if (name === 'password' && !spoils(from, 0.4)) return [name, 'long enough to pass 7'];
    return [name, toJsonText(hostileValue(chance))];
  });
}

/** A form as a script of ours sends it, with fields of its own. */
function formArguments(filename: string, from: Ammunition): [string, string][] {
  const { chance } = from;
  const fields = fieldsFor(filename, from).map(([name, value]): [string, string] => [`_1_${name}`, value]);
  const odd = ['["$K1"]', '["$K2","$K1"]', '[{},"$K1","$K1"]'];
  return [...fields, ['0', spoils(from, 0.4) ? pick(chance, odd) : '[null,"$K1"]']];
}

function bodyOf({ filename }: Action, schema: JsonSchema, from: Ammunition): Sent {
  const { chance } = from;
  const text = { 'content-type': 'text/plain;charset=UTF-8' };
  const takesForm = Object.keys(schema).length === 0;
  if (takesForm && !spoils(from, 0.5)) return multipart(formArguments(filename, from));
  const way = from.isWhole ? 0 : chance.next();
  if (way < 0.55) return { headers: text, body: argumentsFor(schema, from) };
  if (way < 0.7) return { headers: text, body: pick(chance, FLIGHT) };
  if (way < 0.85) {
    const parts: [string, string][] = [
      ['0', pick(chance, FLIGHT)],
      ['1', argumentsFor(schema, from)],
      [pick(chance, ['2', '_1', '__proto__', '1_x', '$ACTION_REF_1']), pick(chance, FLIGHT)],
    ];
    return multipart(chance.happens(0.5) ? parts : parts.toReversed());
  }
  const good = chance.happens(0.5)
    ? { headers: text, body: argumentsFor(schema, from) }
    : multipart([['0', argumentsFor(schema, from)]]);
  if (way < 0.96) return { headers: good.headers, body: spoilBytes(Buffer.from(good.body), chance) };
  return { headers: good.headers, body: randomBytes(chance) };
}

/** A form that a page without scripts would send. */
function formOf(action: Action, from: Ammunition): Sent {
  const { chance } = from;
  const id = chance.happens(0.8) ? action.id : action.id.slice(0, -2);
  const parts: [string, string][] = [
    [pick(chance, [`$ACTION_ID_${id}`, '$ACTION_REF_0', '$ACTION_KEY', '$ACTION_ID_']), ''],
    ['$ACTION_0:0', `{"id":"${id}","bound":"$@1"}`],
    ['$ACTION_0:1', pick(chance, FLIGHT)],
    ['email', String(hostileValue(chance))],
  ];
  return multipart(chance.happens(0.7) ? parts : parts.slice(0, 1 + Math.floor(chance.next() * 4)));
}

function doorOf(action: Action, schema: JsonSchema): Door {
  const { filename, exportedName, id, pages } = action;
  const noun = /([\w-]+)\/actions\.ts$/.exec(filename)?.[1] ?? '';
  const aim = (any: Ammunition): Shot => {
    const from = aimedAt(noun, any, exportedName);
    const { chance, secrets } = from;
    const part = () => linkSecretOf(filename, secrets) ?? partOf(from);
    const path = pick(chance, pages).replace(/\[[^\]]*\]+/g, part);
    if (spoils(from, 0.08)) return { method: 'POST', path, ...formOf(action, from) };
    const odd = spoils(from, 0.1) ? frameworkHeaders(chance).headers : {};
    const { headers, body } = bodyOf(action, schema, from);
    const ids = [id.slice(0, 10), 'x', '__proto__', '0'.repeat(42), `${id}0`];
    const named = spoils(from, 0.04) ? pick(chance, ids) : id;
    return { method: 'POST', path, headers: { ...odd, ...headers, 'next-action': named }, body };
  };
  const kind = OF_LINKS.test(filename) ? 'link' : 'action';
  return { kind, name: `${filename}#${exportedName}`, aim };
}

/** Every server action, with bodies made from the schema of its verb. */
export async function actionDoors(): Promise<Door[]> {
  return Promise.all(actionsOfBuild().map(async (action) => doorOf(action, await schemaOf(action))));
}

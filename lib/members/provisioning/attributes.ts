import { z } from 'zod';
import { AppError } from '#lib/kernel/errors.ts';
import { cutText } from '#lib/model/cut-text.ts';

/** Attributes of a resource by their path, as a body or the operations of a PATCH name them. */
export type Entries = readonly (readonly [path: string, value: unknown])[];

/** A refusal whose `path` says which of SCIM's error types it is: `filter`, `path`, or a value. */
export function refuse(path: string, message: string): never {
  throw new AppError('invalid', message, { issues: [{ path, message }] });
}

const PATCH = z.object({
  Operations: z
    .array(
      z.object({
        op: z.string().transform((op) => op.toLowerCase()),
        path: z.string().max(500).nullish(),
        value: z.unknown().optional(),
      }),
    )
    .min(1)
    .max(1000),
});

/** An operation of a PATCH: `value` is undefined for one that removes. */
export interface PatchOperation {
  op: 'add' | 'replace' | 'remove';
  /** Empty: `value` is an object of attributes. */
  path: string;
  value: unknown;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Clients may write the schema in front of an attribute. */
const bare = (path: string): string =>
  path.replace(/^urn:ietf:params:scim:schemas:core:2\.0:(user|group):/i, '');

/** The operations of a PATCH body, whatever case its words have: directories differ in it. */
export function readOperations(body: unknown): PatchOperation[] {
  const parsed = PATCH.safeParse(body);
  if (!parsed.success) return refuse('body', 'The body needs Operations, each with an op.');
  return parsed.data.Operations.map(({ op, path, value }) => {
    if (op !== 'add' && op !== 'replace' && op !== 'remove')
      return refuse('body', `There is no operation ${op}.`);
    if (op === 'remove' && !path) return refuse('noTarget', 'A remove needs a path.');
    return { op, path: bare(path ?? ''), value };
  });
}

/** The attributes of a whole resource, or of an operation without a path. */
export function entriesOf(value: unknown): Entries {
  if (!isObject(value)) return refuse('body', 'The value must be an object of attributes.');
  return Object.entries(value).map(([path, member]) => [bare(path), member]);
}

/** Text, or null for what was taken away. */
function textOf(path: string, value: unknown): string | null {
  if (value === undefined || value === null) return null;
  if (typeof value !== 'string' || value.length > 320) return refuse(path, `${path} must be a text.`);
  return value;
}

/** True and false, also as the texts that some directories send. */
function booleanOf(path: string, value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  const text = typeof value === 'string' ? value.toLowerCase() : '';
  if (text !== 'true' && text !== 'false') return refuse(path, `${path} must be true or false.`);
  return text === 'true';
}

/** What of a person changes; what is undefined stays. */
export interface UserChanges {
  userName?: string;
  name?: string;
  externalId?: string | null;
  active?: boolean;
}

/** The attributes of a person that are kept. Others are taken and forgotten, as RFC 7644 (3.3) allows. */
export function readUser(entries: Entries): UserChanges {
  const changes: UserChanges = {};
  const names: Record<string, string | null> = {};
  for (const [path, value] of entries) {
    const key = path.toLowerCase();
    if (key === 'active') changes.active = booleanOf(path, value);
    else if (key === 'username')
      changes.userName = textOf(path, value) ?? refuse(path, 'userName is needed.');
    else if (key === 'externalid') changes.externalId = textOf(path, value);
    else if (key === 'displayname') names.display = textOf(path, value);
    else if (key === 'name' && isObject(value))
      for (const [part, text] of Object.entries(value)) names[part.toLowerCase()] = textOf(part, text);
    else if (key.startsWith('name.')) names[key.slice('name.'.length)] = textOf(path, value);
  }
  const whole = [names.givenname, names.familyname].filter((part) => part).join(' ');
  const name = names.display || names.formatted || whole;
  if (name) changes.name = cutText(name, 200);
  return changes;
}

/** What an operation does to the members of a group. */
export type MemberChange = { how: 'set' | 'add' | 'remove'; ids: string[] };

export interface GroupChanges {
  displayName?: string;
  externalId?: string | null;
  members: MemberChange[];
}

const MOST_MEMBERS = 20_000;
const MEMBER_PATH = /^members\[\s*value\s+eq\s+"([^"\\]{1,100})"\s*\]$/i;
const memberList = z
  .array(z.object({ value: z.string().max(100) }))
  .max(MOST_MEMBERS)
  .transform((members) => members.map(({ value }) => value));

/** Ids of members: a list, or the single object that some directories send. */
function memberIds(value: unknown): string[] {
  const list = value === undefined || value === null ? [] : isObject(value) ? [value] : value;
  return (
    memberList.safeParse(list).data ?? refuse('members', 'members must be a list of objects with a value.')
  );
}

function readGroupEntry(changes: GroupChanges, op: PatchOperation['op'], path: string, value: unknown): void {
  const key = path.toLowerCase();
  const one = MEMBER_PATH.exec(path)?.[1];
  if (key === 'displayname')
    changes.displayName = textOf(path, value) ?? refuse(path, 'displayName is needed.');
  else if (key === 'externalid') changes.externalId = textOf(path, value);
  else if (one !== undefined && op === 'remove') changes.members.push({ how: 'remove', ids: [one] });
  else if (key === 'members') {
    const how = op === 'replace' || (op === 'remove' && value === undefined) ? 'set' : op;
    changes.members.push({ how, ids: memberIds(value) });
  } else if (path.includes('[')) refuse('path', `${path} is no path of a group that can be changed.`);
}

/** What a PATCH does to a group, in order. */
export function readGroupPatch(operations: readonly PatchOperation[]): GroupChanges {
  const changes: GroupChanges = { members: [] };
  for (const { op, path, value } of operations) {
    if (path !== '') readGroupEntry(changes, op, path, value);
    else for (const [inner, member] of entriesOf(value)) readGroupEntry(changes, op, inner, member);
  }
  return changes;
}

/** A whole group, as POST and PUT send it. */
export function readGroup(entries: Entries): GroupChanges {
  const changes: GroupChanges = { members: [] };
  for (const [path, value] of entries) readGroupEntry(changes, 'replace', path, value);
  return changes;
}

/** What a PATCH does to a person. */
export function readUserPatch(operations: readonly PatchOperation[]): UserChanges {
  const entries = operations.flatMap(({ path, value }) =>
    path === '' ? entriesOf(value) : ([[path, value]] as const),
  );
  return readUser(entries);
}

/** `attribute eq "value"`, the one kind of filter that directories look somebody up by. */
export interface EqualityFilter {
  attribute: string;
  value: string;
}

const FILTER = /^\s*([A-Za-z][\w.:-]{0,100})\s+eq\s+("(?:[^"\\]|\\.){0,500}")\s*$/i;

/** @throws AppError `invalid` at `filter` for any other filter */
export function readFilter(text: string | null): EqualityFilter | null {
  if (text === null || text.trim() === '') return null;
  const [, attribute, quoted] = FILTER.exec(text) ?? [];
  if (attribute === undefined || quoted === undefined)
    return refuse('filter', 'Only filters of the form attribute eq "value" are known.');
  try {
    return { attribute: bare(attribute).toLowerCase(), value: String(JSON.parse(quoted)) };
  } catch {
    return refuse('filter', 'The value of the filter is no text.');
  }
}

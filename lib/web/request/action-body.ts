import type { IncomingMessage } from 'node:http';
import { AppError } from '#lib/kernel/errors.ts';
import { refuseDeep } from '../read-json.ts';
import { isMachineDoor } from './machine-doors.ts';

/** Largest body of a server action, as `next.config.mjs` has it. */
const MAX_ACTION_BYTES = 256 * 1024;
/** Arguments that an action of ours takes, those that a page binds included. */
const MOST_ARGUMENTS = 8;
/** Parts of a form. */
const MOST_PARTS = 200;

const malformed = () => new AppError('invalid', 'This request is not one that our pages send.');

/** What a string that begins with a dollar may stand for in arguments that our pages send. */
const HARMLESS =
  /^\$(?:\$[\s\S]*|undefined|NaN|Infinity|-Infinity|-0|D\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z|n-?\d{1,40})$/;
const FORM_REFERENCE = /^\$K([0-9a-f]{1,4})$/;
const REPEATED = /^\$0((?::[^:]{1,200}){1,16})$/;

/** Whether a reference of arguments to themselves (the same object twice) leads to something that is there. */
function leadsSomewhere(root: unknown, path: string): boolean {
  let at = root;
  for (const key of path.split(':').slice(1)) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return false;
    at = (at as Record<string, unknown>)[key];
  }
  return typeof at === 'object' && at !== null;
}

/** Refuses arguments with references that our pages do not send: React would fail on them, or worse. */
function checkArguments(text: string, parts: ReadonlySet<string>): void {
  refuseDeep(text);
  const root: unknown = JSON.parse(text);
  if (!Array.isArray(root) || root.length > MOST_ARGUMENTS) throw malformed();
  const check = (value: unknown): void => {
    if (typeof value === 'string' && value.startsWith('$') && !HARMLESS.test(value)) {
      const form = FORM_REFERENCE.exec(value)?.[1];
      const repeated = REPEATED.exec(value)?.[1];
      const isForm = form !== undefined && [...parts].some((name) => name.startsWith(`_${form}_`));
      if (!isForm && !(repeated !== undefined && leadsSomewhere(root, repeated))) throw malformed();
    } else if (typeof value === 'object' && value !== null) {
      if (Object.hasOwn(value, '__proto__')) throw malformed();
      for (const inner of Object.values(value)) check(inner);
    }
  };
  check(root);
}

function textOf(form: FormData, name: string): string {
  const all = form.getAll(name);
  const [only] = all;
  if (all.length !== 1 || typeof only !== 'string') throw malformed();
  return only;
}

/** A form that a page without scripts sends: which action, and the arguments that the page bound to it. */
function checkPlainForm(form: FormData): void {
  for (const name of new Set(form.keys())) {
    const reference = /^\$ACTION_REF_(\d{1,3})$/.exec(name)?.[1];
    if (reference !== undefined) {
      const action: unknown = JSON.parse(textOf(form, `$ACTION_${reference}:0`));
      const bound = boundOf(action);
      if (bound !== null) checkArguments(textOf(form, `$ACTION_${reference}:1`), new Set());
    } else if (
      name.startsWith('$ACTION_') &&
      !/^\$ACTION_(?:KEY|ID_[0-9a-f]{40,42}|\d{1,3}:[01])$/.test(name)
    ) {
      throw malformed();
    }
  }
}

/** What an action of a plain form is bound to: nothing, or the arguments beside it. */
function boundOf(action: unknown): '$@1' | null {
  const bound = typeof action === 'object' && action !== null ? Reflect.get(action, 'bound') : undefined;
  if (bound !== null && bound !== '$@1') throw malformed();
  return bound;
}

async function checkForm(type: string, body: Buffer, isCall: boolean): Promise<void> {
  const form = await new Response(new Uint8Array(body), { headers: { 'content-type': type } }).formData();
  const names = new Set(form.keys());
  if (names.size > MOST_PARTS) throw malformed();
  if (!isCall) return checkPlainForm(form);
  for (const name of names) if (!/^(?:0|_[0-9a-f]{1,4}_[\s\S]+)$/.test(name)) throw malformed();
  checkArguments(textOf(form, '0'), names);
}

/**
 * Refuses a body that is none which our pages send to a server action (security N4). Next would answer it with 500,
 * after React has followed whatever references stand in it.
 *
 * @param type the content type; `isCall`: whether a script calls an action, rather than a plain form
 * @throws AppError `invalid`
 */
export async function checkActionBody(type: string, body: Buffer, isCall: boolean): Promise<void> {
  const kind = type.split(';')[0]?.trim().toLowerCase();
  try {
    if (kind === 'multipart/form-data') await checkForm(type, body, isCall);
    else if (kind === 'text/plain' && isCall)
      checkArguments(new TextDecoder('utf-8', { fatal: true }).decode(body), new Set());
    else throw malformed();
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw new AppError('invalid', malformed().message, { cause });
  }
}

/** All bytes of a request, which can be read again afterwards. */
async function peek(request: IncomingMessage, length: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let have = 0;
  while (have < length) {
    const chunk: Buffer | null = request.read();
    if (chunk === null) {
      const ended = await new Promise<boolean>((resolve) => {
        request.once('readable', () => resolve(false));
        request.once('close', () => resolve(true));
      });
      if (ended) throw malformed();
      continue;
    }
    chunks.push(chunk);
    have += chunk.length;
  }
  const body = Buffer.concat(chunks, have);
  // In the same turn as the last read: a stream that said it has ended takes nothing back.
  request.unshift(body);
  return body;
}

/**
 * Looks at a POST to a page before Next does: it is the call of an action or a form, it says how long it is, and its
 * body is one that our pages send. Doors of machines read their own.
 *
 * @throws AppError `invalid`, `too_large`
 */
export async function settleActionBody(request: IncomingMessage): Promise<void> {
  const { method, url = '/', headers } = request;
  if (method !== 'POST' || isMachineDoor(url)) return;
  const isCall = headers['next-action'] !== undefined;
  const length = Number(headers['content-length']);
  if (!Number.isSafeInteger(length) || length <= 0) throw malformed();
  if (length > MAX_ACTION_BYTES)
    throw new AppError('too_large', `The body is larger than ${MAX_ACTION_BYTES} bytes.`);
  await checkActionBody(String(headers['content-type'] ?? ''), await peek(request, length), isCall);
}

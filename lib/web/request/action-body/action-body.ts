import type { IncomingMessage } from 'node:http';
import { AppError } from '#lib/kernel/errors.ts';
import { isMachineDoor } from '../machine-doors.ts';
import { notOurs } from '../not-ours.ts';
import { checkArguments } from './arguments.ts';
import { checkForm } from './form.ts';
import { peek } from './peek.ts';

/** Largest body of a server action, as `next.config.mjs` has it. */
const MAX_ACTION_BYTES = 256 * 1024;

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
    else throw notOurs();
  } catch (cause) {
    throw cause instanceof AppError ? cause : notOurs(cause);
  }
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
  if (!Number.isSafeInteger(length) || length <= 0) throw notOurs();
  if (length > MAX_ACTION_BYTES)
    throw new AppError('too_large', `The body is larger than ${MAX_ACTION_BYTES} bytes.`);
  await checkActionBody(String(headers['content-type'] ?? ''), await peek(request, length), isCall);
}

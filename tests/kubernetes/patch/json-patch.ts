import { isFields, isSame } from '../objects.ts';
import { badRequest, StatusError } from '../status-error.ts';

interface Operation {
  op: string;
  path: string;
  from?: string;
  value?: unknown;
}

function invalid(message: string): StatusError {
  return new StatusError(
    422,
    'Invalid',
    `the server rejected our request due to an error in our request: ${message}`,
  );
}

function tokens(path: string): string[] {
  if (path === '') return [];
  if (!path.startsWith('/')) throw invalid(`path ${path} does not start with /`);
  return path
    .slice(1)
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function at(document: unknown, path: readonly string[]): unknown {
  let value = document;
  for (const part of path) {
    if (Array.isArray(value)) value = value[Number(part)];
    else if (isFields(value) && Object.hasOwn(value, part)) value = value[part];
    else value = undefined;
    if (value === undefined) throw invalid(`${path.join('/')} is not there`);
  }
  return value;
}

function add(parent: unknown, name: string, value: unknown): void {
  if (Array.isArray(parent)) {
    const index = name === '-' ? parent.length : Number(name);
    if (!(index >= 0 && index <= parent.length)) throw invalid(`index ${name} is out of bounds`);
    parent.splice(index, 0, value);
  } else if (isFields(parent)) parent[name] = value;
  else throw invalid(`${name} has no parent`);
}

function remove(parent: unknown, name: string): void {
  at(parent, [name]);
  if (Array.isArray(parent)) parent.splice(Number(name), 1);
  else if (isFields(parent)) delete parent[name];
}

function perform(document: unknown, operation: Operation): void {
  const path = tokens(operation.path);
  const name = path.pop();
  if (name === undefined) throw invalid('the whole object cannot be replaced');
  const parent = at(document, path);
  switch (operation.op) {
    case 'add':
      add(parent, name, operation.value);
      break;
    case 'remove':
      remove(parent, name);
      break;
    case 'replace':
      at(parent, [name]);
      if (Array.isArray(parent)) parent[Number(name)] = operation.value;
      else if (isFields(parent)) parent[name] = operation.value;
      break;
    case 'test':
      if (!isSame(at(parent, [name]), operation.value))
        throw invalid(`testing path ${operation.path} failed`);
      break;
    case 'copy':
      add(parent, name, structuredClone(at(document, tokens(operation.from ?? ''))));
      break;
    case 'move': {
      const from = tokens(operation.from ?? '');
      const value = at(document, from);
      remove(at(document, from.slice(0, -1)), from.at(-1) ?? '');
      add(parent, name, value);
      break;
    }
    default:
      throw invalid(`unknown operation ${operation.op}`);
  }
}

/** RFC 6902. @throws StatusError 422 where an operation does not fit. */
export function jsonPatch<T>(document: T, operations: unknown): T {
  if (!Array.isArray(operations)) throw badRequest('a JSON patch is a list of operations');
  const patched = structuredClone(document);
  for (const operation of operations as Operation[]) perform(patched, operation);
  return patched;
}

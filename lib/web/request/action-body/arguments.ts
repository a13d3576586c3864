/**
 * Bodies of server actions, looked at before Next reads them (security N4). This file holds the arguments of a call,
 * which React sends as JSON with references in it: a text that begins with a dollar stands for something else.
 */
import { refuseDeep } from '../../read-json.ts';
import { notOurs } from '../not-ours.ts';

/** Arguments that an action of ours takes, those that a page binds included. */
const MOST_ARGUMENTS = 8;

/** What a text that begins with a dollar may stand for in arguments that our pages send. */
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

/**
 * Refuses arguments with references that our pages do not send: React would fail on them, or worse.
 *
 * @param parts names of the parts of the body that a reference to a form may mean
 * @throws AppError `invalid`; SyntaxError for text that is no JSON
 */
export function checkArguments(text: string, parts: ReadonlySet<string>): void {
  refuseDeep(text);
  const root: unknown = JSON.parse(text);
  if (!Array.isArray(root) || root.length > MOST_ARGUMENTS) throw notOurs();
  const isForm = (number: string | undefined) =>
    number !== undefined && [...parts].some((name) => name.startsWith(`_${number}_`));
  const isRepeated = (path: string | undefined) => path !== undefined && leadsSomewhere(root, path);
  const check = (value: unknown): void => {
    if (typeof value === 'string' && value.startsWith('$') && !HARMLESS.test(value)) {
      if (!isForm(FORM_REFERENCE.exec(value)?.[1]) && !isRepeated(REPEATED.exec(value)?.[1])) throw notOurs();
    } else if (typeof value === 'object' && value !== null) {
      if (Object.hasOwn(value, '__proto__')) throw notOurs();
      for (const inner of Object.values(value)) check(inner);
    }
  };
  check(root);
}

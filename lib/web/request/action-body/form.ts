import { notOurs } from '../not-ours.ts';
import { checkArguments } from './arguments.ts';

/** Parts of a form. */
const MOST_PARTS = 200;

/** The text of a part that stands in a form once. */
function textOf(form: FormData, name: string): string {
  const all = form.getAll(name);
  const [only] = all;
  if (all.length !== 1 || typeof only !== 'string') throw notOurs();
  return only;
}

/** What an action of a plain form is bound to: nothing, or the arguments beside it. */
function boundOf(action: unknown): '$@1' | null {
  const bound = typeof action === 'object' && action !== null ? Reflect.get(action, 'bound') : undefined;
  if (bound !== null && bound !== '$@1') throw notOurs();
  return bound;
}

/** A form that a page without scripts sends: which action, and the arguments that the page bound to it. */
function checkPlainForm(form: FormData): void {
  for (const name of new Set(form.keys())) {
    const reference = /^\$ACTION_REF_(\d{1,3})$/.exec(name)?.[1];
    if (reference !== undefined) {
      const bound = boundOf(JSON.parse(textOf(form, `$ACTION_${reference}:0`)));
      if (bound !== null) checkArguments(textOf(form, `$ACTION_${reference}:1`), new Set());
    } else if (
      name.startsWith('$ACTION_') &&
      !/^\$ACTION_(?:KEY|ID_[0-9a-f]{40,42}|\d{1,3}:[01])$/.test(name)
    ) {
      throw notOurs();
    }
  }
}

/** The parts that a script of ours sends: the arguments, and the fields of the forms among them. */
function checkCalledForm(form: FormData, names: ReadonlySet<string>): void {
  for (const name of names) if (!/^(?:0|_[0-9a-f]{1,4}_[\s\S]+)$/.test(name)) throw notOurs();
  checkArguments(textOf(form, '0'), names);
}

/** What browsers say of a part, each once; which of two names of a part counts, parsers do not agree on. */
const PART_HEADERS =
  /^content-disposition: form-data; name="[^"\r\n]*"(?:; filename="[^"\r\n]*")?(?:\r\ncontent-type: [^\r\n]*)?$/i;

/** A body of ours begins with its boundary: parsers differ in what they make of text before it. */
function checkShape(type: string, body: Buffer): void {
  const boundary = /;\s*boundary="?([^";\s]{1,200})"?/i.exec(type)?.[1];
  const [before, ...parts] = `\r\n${body.toString('latin1')}`.split(`\r\n--${boundary}`);
  if (boundary === undefined || before !== '') throw notOurs();
  for (const part of parts.slice(0, -1)) {
    const [head = ''] = part.split('\r\n\r\n', 1);
    if (!head.startsWith('\r\n') || !PART_HEADERS.test(head.slice(2))) throw notOurs();
  }
}

/**
 * Refuses a multipart body that is none which our pages send.
 *
 * @param type the content type with its boundary; `isCall`: whether a script sends it, rather than a plain form
 * @throws AppError `invalid`; other errors for a body that is no form
 */
export async function checkForm(type: string, body: Buffer, isCall: boolean): Promise<void> {
  checkShape(type, body);
  const form = await new Response(new Uint8Array(body), { headers: { 'content-type': type } }).formData();
  const names = new Set(form.keys());
  if (names.size > MOST_PARTS) throw notOurs();
  if (isCall) checkCalledForm(form, names);
  else checkPlainForm(form);
}

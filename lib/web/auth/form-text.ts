/**
 * A text field of a form; empty when it was not sent, or as a file, or what an action was given is no form at all,
 * which a script may send.
 */
export function formText(form: FormData, name: string): string {
  const given: unknown = form;
  const value = given instanceof FormData ? given.get(name) : null;
  return typeof value === 'string' ? value : '';
}

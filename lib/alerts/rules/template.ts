/** A template that can't be filled in. */
export class TemplateError extends Error {}

const PLACEHOLDER = /\{\{\s*([\p{L}_][\p{L}\p{N}_.-]*)\s*\}\}/gu;

/**
 * Fills `{{ name }}` in.
 *
 * @throws TemplateError for braces without a name in them, and for a name that means nothing here
 */
export function fillTemplate(template: string, values: Readonly<Record<string, string>>): string {
  const rest = template.replaceAll(PLACEHOLDER, '');
  if (rest.includes('{{') || rest.includes('}}'))
    throw new TemplateError(`"${template}" has a broken placeholder`);
  return template.replaceAll(PLACEHOLDER, (_, name: string) => {
    if (!Object.hasOwn(values, name)) throw new TemplateError(`there is no {{ ${name} }}`);
    return values[name] ?? '';
  });
}

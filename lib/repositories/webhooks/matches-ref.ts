import { RE2JS } from 're2js';

/** A pattern of refs as RE2, which is linear in what it looks at. */
function refExpression(pattern: string): string {
  return pattern
    .split(/(\*+)/)
    .map((part) => (part === '*' ? '[^/]*' : /^\*+$/.test(part) ? '.*' : RE2JS.quote(part)))
    .join('');
}

/** Whether a whole ref is what a pattern names: by its whole name, or by that of its branch or tag. */
export function matchesRef(pattern: string, ref: string): boolean {
  const expression = RE2JS.compile(refExpression(pattern), RE2JS.DOTALL);
  const short = ref.replace(/^refs\/(heads|tags)\//, '');
  return expression.matches(ref) || expression.matches(short);
}

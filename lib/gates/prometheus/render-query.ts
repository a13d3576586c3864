/**
 * Prometheus as a source of gates: templates become queries, answers become outcomes. Asking goes through the
 * outbound client like every request to an address that somebody typed.
 *
 * This file fills in templates (deployment S-100). A value stands inside quotes only, where escaping is complete.
 */
import { QUERY_LABELS, QUERY_WINDOW, type QueryLabel } from '#lib/model/gate-source.ts';

export type QueryValues = Readonly<Record<QueryLabel, string>>;

/** A piece of a query: plain, or a string with its quote; `isPattern` behind `=~` and `!~`. */
interface Piece {
  text: string;
  quote: '"' | "'" | '`' | null;
  isPattern: boolean;
}

/** Strings of PromQL with their quotes, comments, and whatever stands between them. */
const TOKENS = /"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`[^`]*`|#[^\n]*|[^"'`#]+|["'`]/g;
const PLACEHOLDER = /\{\{\s*([^{}]*?)\s*\}\}/g;
/** What means something to RE2. */
const PATTERN_SIGNS = /[\\^$.|?*+()[\]{}-]/g;

function piecesOf(query: string): Piece[] {
  let before = '';
  return [...query.matchAll(TOKENS)].map(([text]) => {
    const first = text[0] ?? '';
    const isString = text.length > 1 && (first === '"' || first === "'" || first === '`');
    const isPattern = isString && /[=!]~\s*$/.test(before);
    before = text;
    return { text, quote: isString ? first : null, isPattern } as Piece;
  });
}

const isLabel = (name: string): name is QueryLabel => (QUERY_LABELS as readonly string[]).includes(name);

/** Why a template can't be used; null where it can. */
export function templateProblem(query: string): string | null {
  for (const { text, quote } of piecesOf(query)) {
    if (!quote && /["'`]/.test(text) && !text.startsWith('#')) return 'A quote is not closed.';
    for (const [, name = ''] of text.matchAll(PLACEHOLDER)) {
      if (name === QUERY_WINDOW) {
        if (quote || text.startsWith('#')) return `{{${QUERY_WINDOW}}} stands outside of quotes.`;
      } else if (!isLabel(name)) {
        return `There is no {{${name}}}: {{${[...QUERY_LABELS, QUERY_WINDOW].join('}}, {{')}}} are known.`;
      } else if (quote !== '"' && quote !== "'") {
        return `{{${name}}} must stand in quotes, as in service="{{${name}}}".`;
      }
    }
  }
  return null;
}

/** A sign that can't stand in a quoted string as it is. */
const isAwkward = (sign: string, quote: string): boolean => {
  const code = sign.charCodeAt(0);
  return (
    sign === '\\' || sign === quote || code < 0x20 || code === 0x7f || code === 0x2028 || code === 0x2029
  );
};

/** A value inside a quoted string of PromQL, which has the escapes of Go. */
function escaped(value: string, quote: string, isPattern: boolean): string {
  const plain = isPattern ? value.replaceAll(PATTERN_SIGNS, '\\$&') : value;
  const inQuotes = (sign: string) => {
    if (!isAwkward(sign, quote)) return sign;
    if (sign === '\\' || sign === quote) return `\\${sign}`;
    return `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`;
  };
  return Array.from(plain.toWellFormed(), inQuotes).join('');
}

/** The query of a template that {@link templateProblem} has nothing against. */
export function renderQuery(query: string, values: QueryValues, windowSeconds: number): string {
  return piecesOf(query)
    .map(({ text, quote, isPattern }) =>
      text.replaceAll(PLACEHOLDER, (whole, name: string) => {
        if (name === QUERY_WINDOW) return `${Math.max(1, Math.round(windowSeconds))}s`;
        if (!isLabel(name)) return whole;
        return escaped(values[name], quote ?? '"', isPattern);
      }),
    )
    .join('');
}

import type { GateSource, QueryTemplate, SourceAuthorization } from '#lib/model/gate-source.ts';

/** One question as it is typed. */
export interface TemplateDraft {
  /** Tells the questions of a form apart; they may have any name while they are typed. */
  key: number;
  name: string;
  query: string;
  operator: QueryTemplate['passes']['operator'];
  value: string;
  /** How often over the whole window, in seconds; empty: at its end only. */
  stepSeconds: string;
}

/** How a server is entered: as before, by nothing, by a token or by a name and a password. */
export type Entry = 'kept' | 'none' | 'bearer' | 'basic';

export interface SourceDraft {
  name: string;
  url: string;
  entry: Entry;
  token: string;
  user: string;
  password: string;
  templates: TemplateDraft[];
}

/** A question to begin with. */
export const newTemplate = (key: number): TemplateDraft => ({
  key,
  ...{ name: '', operator: '<', value: '0.05', stepSeconds: '' },
  query: 'sum(rate(requests_failed_total{agent="{{agent}}", version="{{version}}"}[{{window}}]))',
});

export const EMPTY_SOURCE: SourceDraft = {
  ...{ name: '', url: '', entry: 'none', token: '', user: '', password: '' },
  templates: [{ ...newTemplate(0), name: 'errors' }],
};

/** A stored source in the fields of its form; what it is entered with is never shown again. */
export function sourceDraft({ name, url, hasAuthorization, templates }: GateSource): SourceDraft {
  return {
    ...{ name, url, entry: hasAuthorization ? 'kept' : 'none', token: '', user: '', password: '' },
    templates: templates.map(({ passes, stepSeconds, ...template }, key) => ({
      ...template,
      key,
      operator: passes.operator,
      value: String(passes.value),
      stepSeconds: stepSeconds === null ? '' : String(stepSeconds),
    })),
  };
}

/** A number as it is typed; NaN for what is none. */
const numberOf = (text: string): number => (text.trim() === '' ? Number.NaN : Number(text));

/** A question out of its fields, and what is wrong with them by the paths that the server uses too. */
export function readTemplate(draft: TemplateDraft): { template: QueryTemplate; faults: [string, string][] } {
  const { name, query, operator } = draft;
  const value = numberOf(draft.value);
  const step = draft.stepSeconds.trim() === '' ? null : numberOf(draft.stepSeconds);
  const faults: [string, string][] = [];
  if (!Number.isFinite(value)) faults.push(['passes.value', 'Write a number.']);
  if (step !== null && !Number.isInteger(step)) faults.push(['stepSeconds', 'Write whole seconds.']);
  return { template: { name, query, passes: { operator, value }, stepSeconds: step }, faults };
}

/** What is sent of how the server is entered; undefined: what is kept stays. */
export function authorizationOf(draft: SourceDraft): SourceAuthorization | null | undefined {
  if (draft.entry === 'kept') return undefined;
  if (draft.entry === 'bearer') return { kind: 'bearer', token: draft.token };
  if (draft.entry === 'basic') return { kind: 'basic', user: draft.user, password: draft.password };
  return null;
}

const PLACEHOLDER = /\{\{\s*([a-z]+)\s*\}\}/g;
export const VALUE_LABELS = ['agent', 'environment', 'namespace', 'version', 'baseline'] as const;
export type ValueLabel = (typeof VALUE_LABELS)[number];

/** The labels that questions speak of, in the order of the fields. */
export function labelsIn(queries: readonly string[]): ValueLabel[] {
  const found = new Set(queries.flatMap((query) => [...query.matchAll(PLACEHOLDER)].map(([, name]) => name)));
  return VALUE_LABELS.filter((label) => found.has(label));
}

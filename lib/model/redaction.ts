/** What of prompts, completions and tool arguments is never stored: the vocabulary of redaction rules. */

export const REDACTION_KINDS = ['pattern', 'email', 'phone', 'card', 'secret'] as const;
export type RedactionKind = (typeof REDACTION_KINDS)[number];

export const DEFAULT_REPLACEMENT = '[redacted]';

export interface RedactionRuleView {
  id: string;
  name: string;
  kind: RedactionKind;
  pattern: string | null;
  replacement: string;
  enabled: boolean;
  version: number;
  /** Why it can't be applied; while it is on, no content is stored. */
  problem: string | null;
}

export interface ContentSettingsView {
  capture: boolean;
  rules: RedactionRuleView[];
}

/** What rules make of a text. */
export interface RedactionPreview {
  text: string;
  /** How often each rule found something, by its name, in the order of the rules. */
  found: { name: string; count: number }[];
}

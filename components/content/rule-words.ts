import type { RedactionKind } from '#lib/model/redaction.ts';

export const RULE_KIND_WORDS: Record<RedactionKind, string> = {
  email: 'E-mail addresses',
  phone: 'Phone numbers',
  card: 'Card numbers',
  secret: 'Keys, tokens and passwords',
  pattern: 'A pattern',
};

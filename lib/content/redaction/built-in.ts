/**
 * What never gets stored although a team keeps content.
 *
 * This file holds the built-in kinds: e-mail addresses, phone numbers, card numbers and secrets. Every pattern is
 * bounded in what it repeats, so that no text makes one slow. They find the usual forms and no others: a rule is a
 * net, not a proof.
 */

/** Replaces what it finds and says how often through `found`. */
export type Replace = (text: string, replacement: string, found: () => void) => string;

const EMAIL = /[\p{L}\p{N}._%+'-]{1,64}@[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63}){1,8}/gu;

function replaceEmails(text: string, replacement: string, found: () => void): string {
  if (!text.includes('@')) return text;
  return text.replaceAll(EMAIL, () => {
    found();
    return replacement;
  });
}

const PHONE = /(?<![\w.+-])\(?\+?\(?\d[\d \t\u00a0()./-]{5,22}\d(?![\w.-]?\d)/g;
const DATE = /^\d{4}[-./]\d{1,2}[-./]\d{1,2}|^\d{1,2}[-./]\d{1,2}[-./]\d{4}/;
const DOTTED_QUAD = /^\d{1,3}(?:\.\d{1,3}){3}$/;

/** 7 to 15 digits that begin with + or 00 or stand in groups; dates, addresses and plain numbers are none. */
function isPhone(candidate: string): boolean {
  const digits = candidate.replaceAll(/\D/g, '');
  if (digits.length < 7 || digits.length > 15) return false;
  if (/^\(?\+|^00/.test(candidate)) return true;
  if (DATE.test(candidate) || DOTTED_QUAD.test(candidate)) return false;
  const groups = candidate.split(/[ \t\u00a0()./-]+/).filter((group) => group !== '');
  return groups.length > 2 || (groups.length === 2 && /[ \t\u00a0()/-]/.test(candidate));
}

function replacePhones(text: string, replacement: string, found: () => void): string {
  return text.replaceAll(PHONE, (candidate) => {
    if (!isPhone(candidate)) return candidate;
    found();
    return replacement;
  });
}

/** The check digit of card numbers (ISO/IEC 7812). */
function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = Number(digits[digits.length - 1 - i]);
    sum += i % 2 === 0 ? digit : digit > 4 ? digit * 2 - 9 : digit * 2;
  }
  return sum % 10 === 0;
}

const DIGIT_GROUPS = /\d+(?:[ \u00a0-]\d+)*/g;
const MIN_CARD = 13;
const MAX_CARD = 19;

interface Group {
  start: number;
  end: number;
  digits: string;
}

/** Where the groups that begin at `first` are a card number, its end; null when they are none. */
function cardEnd(groups: readonly Group[], first: number): { end: number; next: number } | null {
  let digits = '';
  let best: { end: number; next: number } | null = null;
  for (let at = first; at < groups.length; at++) {
    const group = groups[at];
    if (!group || digits.length + group.digits.length > MAX_CARD) break;
    digits += group.digits;
    if (digits.length >= MIN_CARD && passesLuhn(digits)) best = { end: group.end, next: at + 1 };
  }
  return best;
}

function replaceCards(text: string, replacement: string, found: () => void): string {
  return text.replaceAll(DIGIT_GROUPS, (run) => {
    if (run.length < MIN_CARD) return run;
    const groups: Group[] = [...run.matchAll(/\d+/g)].map(({ index, 0: digits }) => ({
      start: index,
      end: index + digits.length,
      digits,
    }));
    let kept = '';
    let from = 0;
    for (let at = 0; at < groups.length; ) {
      const card = cardEnd(groups, at);
      if (card === null) {
        at += 1;
        continue;
      }
      found();
      kept += run.slice(from, groups[at]?.start) + replacement;
      from = card.end;
      at = card.next;
    }
    return kept + run.slice(from);
  });
}

/** Forms of keys and tokens by who issues them, and values that are named as secrets. */
const SECRETS = [
  /-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]{0,40}PRIVATE KEY-----|$)/g,
  /\bsk-[\w-]{20,200}/g,
  /\b(?:sk|rk|pk|whsec)_(?:live_|test_)?[A-Za-z0-9]{16,200}/g,
  /\bgh[pousr]_[A-Za-z0-9]{36,255}/g,
  /\bgithub_pat_\w{22,255}/g,
  /\bglpat-[\w-]{20,200}/g,
  /\bxox[abeoprs]-[A-Za-z0-9-]{10,255}/g,
  /\bxapp-[A-Za-z0-9-]{10,255}/g,
  /\bA(?:KIA|SIA)[0-9A-Z]{16}\b/g,
  /\bAIza[\w-]{35}/g,
  /\bnpm_[A-Za-z0-9]{36}/g,
  /\bhf_[A-Za-z0-9]{30,100}/g,
  /\bpw_[0-9a-f]{48}_[0-9a-f]{8}/g,
  /\beyJ[\w-]{8,4000}\.[\w-]{8,8000}\.[\w-]{0,2000}/g,
  /\bBearer [\w.~+/=-]{16,4000}/gi,
  /(?<=:\/\/[^\s:/@]{1,64}:)[^\s@/]{1,256}(?=@)/g,
  /(?<=(?:password|passwd|passphrase|secret|api[_-]?key|access[_-]?token|auth[_-]?token)\\?["']?\s{0,3}[:=]\s{0,3}\\?["']?)[^\s"'\\,;}]{6,500}/gi,
];

function replaceSecrets(text: string, replacement: string, found: () => void): string {
  let kept = text;
  for (const form of SECRETS) {
    kept = kept.replaceAll(form, (secret) => {
      if (secret === replacement) return secret;
      found();
      return replacement;
    });
  }
  return kept;
}

export const BUILT_IN: Readonly<Record<'email' | 'phone' | 'card' | 'secret', Replace>> = {
  email: replaceEmails,
  phone: replacePhones,
  card: replaceCards,
  secret: replaceSecrets,
};

import type { AttributeValue, RawAttributes } from './otlp/raw.ts';
import { type Field, MEANINGS } from './tables/aliases.ts';

/** The first text of a list that is written as JSON. */
const JSON_LIST_HEAD = /^\["([^"\\]*)"[\],]/;

/** The known attributes of a span by what they mean, whoever sent them. */
export class Fields {
  #values = new Map<Field, { value: AttributeValue; rank: number }>();

  /** Reads each attribute once; of several names for a field the one that stands first in the table wins. */
  constructor(attributes: RawAttributes) {
    for (const [key, value] of attributes) {
      const meanings = MEANINGS.get(key);
      if (meanings === undefined || value === '' || value === null) continue;
      for (const { field, rank } of meanings) this.#offer(field, value, rank);
    }
    this.#readMetadata();
  }

  has(field: Field): boolean {
    return this.#values.has(field);
  }

  /**
   * A field as text without surrounding space; null when it is missing or empty. Lists give their first
   * element, also those that a sender wrote as JSON.
   */
  text(field: Field): string | null {
    const value = this.#values.get(field)?.value;
    const single = Array.isArray(value) ? value[0] : value;
    if (typeof single === 'number' || typeof single === 'boolean') return String(single);
    if (typeof single !== 'string' || single.trim() === '') return null;
    return single.startsWith('["') ? (JSON_LIST_HEAD.exec(single)?.[1] ?? single) : single.trim();
  }

  /** A field as a finite number, also where it was sent as text; null otherwise. */
  number(field: Field): number | null {
    const value = this.#values.get(field)?.value;
    if (typeof value !== 'number' && (typeof value !== 'string' || value.trim() === '')) return null;
    const number = Number(value);
    return Number.isFinite(number) ? number : null;
  }

  /** A field that holds a map, or one written as JSON. */
  map(field: Field): { [key: string]: unknown } | null {
    const value = this.#values.get(field)?.value;
    if (typeof value === 'string' && value.startsWith('{')) return parsedMap(value);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : null;
  }

  /** Senders that put their metadata into one JSON attribute mean the same by its keys. */
  #readMetadata(): void {
    const metadata = this.map('metadata');
    if (metadata === null) return;
    for (const [key, value] of Object.entries(metadata)) {
      if (typeof value !== 'string' || value === '') continue;
      for (const { field, rank } of MEANINGS.get(`metadata.${key}`) ?? []) this.#offer(field, value, rank);
    }
  }

  #offer(field: Field, value: AttributeValue, rank: number): void {
    const known = this.#values.get(field);
    if (known === undefined || rank < known.rank) this.#values.set(field, { value, rank });
  }
}

function parsedMap(text: string): { [key: string]: unknown } | null {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) ? { ...parsed } : null;
  } catch {
    return null;
  }
}

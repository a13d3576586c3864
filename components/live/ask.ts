import { refusalWords } from './refusal-words.ts';

/** A request that was answered with words, or not at all. */
export class RequestFailure extends Error {
  /** HTTP status; null when no answer came. */
  readonly status: number | null;
  constructor(message: string, status: number | null) {
    super(message);
    this.status = status;
  }
}

const TIMEOUT_MS = 15_000;

/**
 * Asks our own interface for JSON, as the signed-in person.
 *
 * @throws RequestFailure with words for the person who looks
 */
export async function ask<T>(url: string, init: RequestInit = {}): Promise<T> {
  let response: Response;
  try {
    response = await fetch(url, { ...init, signal: AbortSignal.timeout(TIMEOUT_MS) });
  } catch {
    throw new RequestFailure('There is no connection.', null);
  }
  if (!response.ok) throw new RequestFailure(await refusalWords(response), response.status);
  return (await response.json()) as T;
}

/**
 * Mailer: the promise of what carries a mail to one person. It tries once and says what became of it; when to try
 * again is decided by whoever keeps the queue.
 */
import type { Mail } from '#lib/model/mail.ts';

/** What became of one attempt. */
export type MailOutcome =
  /** The mail server took it on. */
  | { kind: 'sent' }
  /** Worth another attempt: no answer, a broken connection, 4xx. */
  | { kind: 'retry'; error: string }
  /** Another attempt would fail in the same way. */
  | { kind: 'refused'; error: string };

export interface Mailer {
  /**
   * Sends once; never rejects.
   *
   * @param id the same on every attempt, so that mail programs show a repeated one once
   */
  send(id: string, mail: Mail): Promise<MailOutcome>;
}

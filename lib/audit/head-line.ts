import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import type { ChainHead } from './verify.ts';

/** The head of one ledger. */
export type LedgerHead = ChainHead & { teamId: string };

const NAME = 'pitwall-ledger-head';
const LINE = /^pitwall-ledger-head ([0-9a-f-]{36}) (\d{1,15}) ([0-9a-f]{64}) (\S{1,40}) ([\w-]{43})$/;

/**
 * Heads of ledgers as signed lines, to be kept outside of the database: in the log of the worker, in a file. One that
 * was kept shows that rows were cut off, and its signature that nobody made it up (security U3).
 */
export function createHeadLines(secret: string) {
  const key = Buffer.from(hkdfSync('sha256', secret, '', 'pitwall ledger head', 32));
  const sign = (text: string) => createHmac('sha256', key).update(text).digest();
  return {
    write(teamId: string, { seq, hash }: ChainHead, at: Date): string {
      const text = [NAME, teamId, seq, hash, at.toISOString()].join(' ');
      return `${text} ${sign(text).toString('base64url')}`;
    },
    /** The head of a genuine line, else null. */
    read(line: string): LedgerHead | null {
      const match = LINE.exec(line.trim());
      if (!match) return null;
      const [whole, teamId = '', seq, hash = '', , signature = ''] = match;
      const given = Buffer.from(signature, 'base64url');
      const wanted = sign(whole.slice(0, -signature.length - 1));
      if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) return null;
      return { teamId, seq: Number(seq), hash };
    },
  };
}

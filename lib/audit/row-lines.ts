import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { auditLog } from '#db/schema/audit.ts';
import { escapeControls } from '#lib/model/visible-text.ts';
import { canonicalJson, type Json } from './canonical-json.ts';

export type AuditLogRow = typeof auditLog.$inferSelect;

/** The fields of a row as a file holds them; times are ISO 8601, hashes hex. The ledger is that of the whole file. */
export function fieldsOf({ teamId: _ledger, at, details, previousHash, hash, ...row }: AuditLogRow) {
  return {
    ...row,
    at: at.toISOString(),
    previousHash: previousHash.toString('hex'),
    hash: hash.toString('hex'),
    details,
  };
}

/**
 * Rows of one ledger as JSON lines, which hold everything that a hash was made over: a chain can be verified without
 * this installation.
 */
export function jsonLines(rows: readonly AuditLogRow[]): string {
  return rows.map((row) => `${escapeControls(JSON.stringify(fieldsOf(row)))}\n`).join('');
}

const lineSchema = z.looseObject({ seq: z.int(), hash: z.string(), previousHash: z.string() });

/** A stretch of a chain: where it begins, where it ends, and what it follows. */
export interface ChainStretch {
  fromSeq: number;
  toSeq: number;
  previousHash: Buffer;
  lastHash: Buffer;
}

/** Reads JSON lines of one ledger and makes every hash anew; null when they are not a whole stretch of its chain. */
export function readStretch(teamId: string, text: string): ChainStretch | null {
  let stretch: ChainStretch | null = null;
  for (const line of text.trimEnd().split('\n')) {
    const { hash, previousHash, ...row } = lineSchema.parse(JSON.parse(line));
    const previous = Buffer.from(previousHash, 'hex');
    const made = createHash('sha256')
      .update(previous)
      .update(canonicalJson({ ...row, teamId } as Json))
      .digest();
    if (made.toString('hex') !== hash) return null;
    if (stretch && (row.seq !== stretch.toSeq + 1 || !stretch.lastHash.equals(previous))) return null;
    stretch ??= { fromSeq: row.seq, toSeq: row.seq, previousHash: previous, lastHash: made };
    stretch.toSeq = row.seq;
    stretch.lastHash = made;
  }
  return stretch;
}

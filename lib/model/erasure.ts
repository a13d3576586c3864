/** What erases stored content, as it is asked for and followed. Times are Unix milliseconds. */

export const ERASURE_KINDS = ['agent', 'conversation', 'user'] as const;
export type ErasureKind = (typeof ERASURE_KINDS)[number];

export interface ErasureView {
  id: string;
  kind: ErasureKind;
  /** The agent's name, or a hash of what was typed. */
  label: string;
  /**
   * `watching`: everything that was there is erased, what arrives late is looked for once more. `stopped`: who asked
   * for it may not erase any more; what was erased until then stays so.
   */
  status: 'waiting' | 'running' | 'watching' | 'done' | 'stopped';
  /** Spans and log records that were looked through and hold no content any more. */
  spans: number;
  logs: number;
  /** Share of the time that was looked through, 0 to 1. */
  progress: number;
  requestedBy: string;
  createdAt: number;
  finishedAt: number | null;
}

/**
 * Bounds the bytes of requests that one process holds at a time, so that many large bodies at once are
 * refused instead of exhausting memory.
 */
export function createByteGate(maxBytes: number) {
  let used = 0;
  return {
    /** Takes `bytes` when they fit; the taker releases them exactly once. */
    tryReserve(bytes: number): boolean {
      if (used + bytes > maxBytes) return false;
      used += bytes;
      return true;
    },
    release(bytes: number): void {
      used -= bytes;
    },
    usedBytes: (): number => used,
  };
}

export type ByteGate = ReturnType<typeof createByteGate>;

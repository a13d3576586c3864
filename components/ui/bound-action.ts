/** What went wrong, in words that may be shown. */
export interface ShownFailure {
  code: string;
  message: string;
  issues: readonly { path: string; message: string }[];
}

/** A server action as a component receives it: it answers, it doesn't throw. */
export type BoundAction<I, R> = (
  input: I,
) => Promise<{ ok: true; data: R } | { ok: false; error: ShownFailure }>;

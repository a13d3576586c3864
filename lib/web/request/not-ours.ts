import { AppError } from '#lib/kernel/errors.ts';

/** The refusal of a request that no page of ours makes and that Next would answer with 500. */
export const notOurs = (cause?: unknown): AppError =>
  new AppError(
    'invalid',
    'This request is not one that our pages send. Programs use the interface below /api/v1.',
    { cause },
  );

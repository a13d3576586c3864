import type { ShownFailure } from '#components/ui/bound-action.ts';

/** The state of a form that answers in words: null before the first attempt. */
export type FormState = ShownFailure | null;

/** A server action as a form takes it. */
export type FormAction = (state: FormState, form: FormData) => Promise<FormState>;

/** What went wrong with one field, if anything. */
export function issueOf(state: FormState, path: string): string | null {
  return state?.issues.find((issue) => issue.path === path)?.message ?? null;
}

/** What went wrong with the form as a whole. */
export function FormFailure({ state }: { state: FormState }) {
  if (!state || state.issues.length > 0) return null;
  return (
    <p
      role="alert"
      className="rounded-md border border-critical bg-critical-tint px-3 py-2 text-sm text-critical-text"
    >
      {state.message}
    </p>
  );
}

'use client';

import { type ReactNode, useActionState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { type FormAction, FormFailure, issueOf } from './form-failure.tsx';
import { useTyped } from './use-typed.ts';

/** What the fields of a form show of the last attempt. */
export interface LastAttempt {
  /** What stood in a field; empty before the first attempt. */
  typed(name: string): string;
  /** What went wrong with a field, if anything. */
  issue(path: string): string | null;
}

interface AuthFormProps {
  action: FormAction;
  /** Values that go along unseen. */
  carried?: Readonly<Record<string, string>>;
  button: string;
  children: (last: LastAttempt) => ReactNode;
}

/** A form of the pages before the console; works before any script has loaded. */
export function AuthForm({ action, carried = {}, button, children }: AuthFormProps) {
  const { onSubmit, typed } = useTyped();
  const [state, submit, pending] = useActionState(action, null);
  return (
    <form action={submit} onSubmit={onSubmit} className="flex flex-col gap-4">
      <FormFailure state={state} />
      {Object.entries(carried).map(([name, value]) => (
        <input key={name} type="hidden" name={name} value={value} />
      ))}
      {children({ typed, issue: (path) => issueOf(state, path) })}
      <Button type="submit" variant="primary" pending={pending}>
        {button}
      </Button>
    </form>
  );
}

import type { FormEvent } from 'react';
import { Button } from '#components/ui/button.tsx';
import { TextField } from '#components/ui/field.tsx';

/** Asks for a code and hands it on. */
export function CodeField(props: {
  label: string;
  submit: string;
  pending: boolean;
  onCode: (code: string) => void;
}) {
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    props.onCode(String(new FormData(event.currentTarget).get('code') ?? ''));
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-3 text-ink">
      <TextField
        label={props.label}
        name="code"
        autoComplete="one-time-code"
        autoCapitalize="none"
        spellCheck={false}
        maxLength={40}
        required
      />
      <div>
        <Button type="submit" variant="primary" pending={props.pending}>
          {props.submit}
        </Button>
      </div>
    </form>
  );
}

import type { FormEvent } from 'react';
import { Button } from '#components/ui/button.tsx';
import { TextField } from '#components/ui/field.tsx';

/** Asks how a passkey is to be called. */
export function PasskeyNameForm(props: {
  submit: string;
  initial: string;
  pending: boolean;
  onName: (name: string) => void;
}) {
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    props.onName(String(new FormData(event.currentTarget).get('name') ?? ''));
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-3 text-ink">
      <TextField
        label="Name of the passkey"
        name="name"
        defaultValue={props.initial}
        placeholder="Work laptop"
        maxLength={80}
        required
      />
      <div>
        <Button type="submit" pending={props.pending}>
          {props.submit}
        </Button>
      </div>
    </form>
  );
}

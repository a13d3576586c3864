'use client';

import { type FormEvent, type ReactNode, useState } from 'react';
import { ActFailure } from './act-failure.tsx';
import type { BoundAction } from './bound-action.ts';
import { Button } from './button.tsx';
import { Card, CardHeader } from './card.tsx';
import { useSave } from './use-save.ts';

interface CreateOnceProps<I, R> {
  title: string;
  hint?: string;
  create: BoundAction<I, R>;
  /** Words of the button. */
  submit: string;
  /** Where a stale sign-in is renewed. */
  proveAgain: string;
  valuesOf(form: FormData): I;
  /** The fields, with what was wrong with them by the path of the value. */
  fields(errors: ReadonlyMap<string, string>): ReactNode;
  /** What was made, with its secret: it is shown this once. */
  made: { title: string; show(result: R): ReactNode };
}

/** A form that makes something with a secret, and in its place, the one time, what was made. */
export function CreateOnce<I, R>(props: CreateOnceProps<I, R>) {
  const [made, setMade] = useState<{ result: R } | null>(null);
  const { save, pending, failure } = useSave(props.create, (result) => setMade({ result }));
  const errors = new Map(failure?.issues.map(({ path, message }) => [path, message]));
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    save(props.valuesOf(new FormData(event.currentTarget)));
  };
  if (made)
    return (
      <Card label={props.title}>
        <CardHeader title={props.made.title} />
        <div className="flex min-w-0 flex-col gap-3 px-4 pt-1 pb-4 text-sm">
          {props.made.show(made.result)}
          <div>
            <Button onClick={() => setMade(null)}>Done</Button>
          </div>
        </div>
      </Card>
    );
  return (
    <Card label={props.title}>
      <CardHeader title={props.title} hint={props.hint} />
      <form onSubmit={submit} noValidate className="flex flex-col gap-4 px-4 pt-1 pb-4">
        {props.fields(errors)}
        <ActFailure failure={failure} proveAgain={props.proveAgain} fields />
        <div>
          <Button type="submit" variant="primary" pending={pending}>
            {props.submit}
          </Button>
        </div>
      </form>
    </Card>
  );
}

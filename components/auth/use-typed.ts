import { type FormEvent, useState } from 'react';

/**
 * What stood in a form when it was sent: React empties a form whose action is done, and nobody wants to type a name
 * or an address again because something else was wrong. Passwords and codes are typed again.
 */
export function useTyped() {
  const [sent, setSent] = useState<FormData | null>(null);
  return {
    onSubmit: (event: FormEvent<HTMLFormElement>) => {
      const form = new FormData(event.currentTarget);
      form.delete('password');
      setSent(form);
    },
    typed: (name: string) => String(sent?.get(name) ?? ''),
  };
}

'use client';

import { TextArea, TextField } from '#components/ui/field.tsx';

/** What was typed of a login and an authority; empty fields are none. */
export function loginOf(form: FormData) {
  const text = (name: string) => String(form.get(name) ?? '');
  const [username, secret, ca] = [text('username').trim(), text('secret'), text('ca').trim()];
  return { login: username || secret ? { username, secret } : null, ca: ca || null };
}

/** How a registry is read; what is stored is never shown. */
export function LoginFields({ errors }: { errors: ReadonlyMap<string, string> }) {
  return (
    <>
      <div className="grid gap-4 sm:grid-cols-2">
        <TextField
          label="User name"
          name="username"
          autoComplete="off"
          maxLength={200}
          error={errors.get('login.username') ?? errors.get('login')}
        />
        <TextField
          label="Password or token"
          name="secret"
          type="password"
          autoComplete="off"
          hint="With the right to read images, and no other."
          error={errors.get('login.secret')}
        />
      </div>
      <TextArea
        label="Certificate of its authority"
        name="ca"
        autoComplete="off"
        spellCheck={false}
        placeholder="-----BEGIN CERTIFICATE-----"
        hint="For registries whose certificate is by an authority of your own."
        error={errors.get('ca')}
      />
    </>
  );
}

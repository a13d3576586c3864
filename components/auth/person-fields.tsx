import { TextField } from '#components/ui/field.tsx';

/** The address that somebody signs in with. */
export function EmailField(props: { typed: string; error?: string | null; autoFocus?: boolean }) {
  const { typed, error, autoFocus } = props;
  return (
    <TextField
      label="Email"
      name="email"
      defaultValue={typed}
      type="email"
      autoComplete="username"
      error={error}
      autoFocus={autoFocus}
      required
    />
  );
}

/** How somebody is called. */
export function NameField({ typed, error }: { typed: string; error: string | null }) {
  return (
    <TextField
      label="Name"
      name="name"
      defaultValue={typed}
      autoComplete="name"
      maxLength={120}
      error={error}
      optional
    />
  );
}

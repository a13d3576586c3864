import { TextField } from '#components/ui/field.tsx';

/** Where somebody chooses a password; what the server asks of one stands below it. */
export function NewPasswordField(props: { label?: string; error?: string | null; autoFocus?: boolean }) {
  const { label = 'Password', error, autoFocus } = props;
  return (
    <TextField
      label={label}
      name="password"
      type="password"
      autoComplete="new-password"
      minLength={8}
      maxLength={256}
      hint="At least 8 characters; a sentence of 15 or more is better."
      error={error}
      autoFocus={autoFocus}
      required
    />
  );
}

import { clsx } from 'clsx';
import {
  type InputHTMLAttributes,
  type ReactNode,
  type SelectHTMLAttributes,
  type TextareaHTMLAttributes,
  useId,
} from 'react';

const CONTROL =
  'w-full rounded-md border bg-surface px-2.5 text-sm text-ink placeholder:text-faint transition-colors duration-100 hover:border-faint focus-visible:outline-offset-0 disabled:bg-sunken disabled:text-muted';

interface FieldFrame {
  label: string;
  hint?: ReactNode;
  /** What is wrong with the value, in words a person can act on. */
  error?: string | null;
  optional?: boolean;
}

function Frame({
  id,
  label,
  hint,
  error,
  optional,
  children,
}: FieldFrame & { id: string; children: ReactNode }) {
  return (
    <div className="flex min-w-0 flex-col gap-1.5">
      <label htmlFor={id} className="text-sm font-medium">
        {label}
        {optional && <span className="ml-1.5 text-xs font-normal text-muted">optional</span>}
      </label>
      {children}
      {error ? (
        <p id={`${id}-note`} role="alert" className="text-xs text-critical-text">
          {error}
        </p>
      ) : (
        hint !== undefined && (
          <p id={`${id}-note`} className="text-xs text-muted">
            {hint}
          </p>
        )
      )}
    </div>
  );
}

function controlProps(id: string, frame: FieldFrame) {
  return {
    id,
    'aria-invalid': frame.error ? true : undefined,
    'aria-describedby': frame.error || frame.hint !== undefined ? `${id}-note` : undefined,
  };
}

function controlClass(error: string | null | undefined, size: string): string {
  return clsx(CONTROL, size, error ? 'border-critical' : 'border-line-control');
}

/** A line of text. */
export function TextField({
  label,
  hint,
  error,
  optional,
  ...input
}: FieldFrame & InputHTMLAttributes<HTMLInputElement>) {
  const id = useId();
  const frame = { label, hint, error, optional };
  return (
    <Frame id={id} {...frame}>
      <input {...input} {...controlProps(id, frame)} className={controlClass(error, 'touch h-8')} />
    </Frame>
  );
}

/** Several lines of text. */
export function TextArea({
  label,
  hint,
  error,
  optional,
  ...input
}: FieldFrame & TextareaHTMLAttributes<HTMLTextAreaElement>) {
  const id = useId();
  const frame = { label, hint, error, optional };
  return (
    <Frame id={id} {...frame}>
      <textarea rows={3} {...input} {...controlProps(id, frame)} className={controlClass(error, 'py-1.5')} />
    </Frame>
  );
}

/** A choice among named things. */
export function SelectField({
  label,
  hint,
  error,
  optional,
  ...select
}: FieldFrame & SelectHTMLAttributes<HTMLSelectElement>) {
  const id = useId();
  const frame = { label, hint, error, optional };
  return (
    <Frame id={id} {...frame}>
      <select {...select} {...controlProps(id, frame)} className={controlClass(error, 'touch h-8')} />
    </Frame>
  );
}

/** A line of text without a visible label, in a row of controls; `label` names it for screen readers. */
export function LineInput({
  label,
  invalid = false,
  className,
  ...input
}: { label: string; invalid?: boolean } & InputHTMLAttributes<HTMLInputElement>) {
  return (
    <input
      {...input}
      aria-label={label}
      aria-invalid={invalid || undefined}
      className={clsx(controlClass(invalid ? label : null, 'touch h-8 min-w-0'), className)}
    />
  );
}

/** A choice without a visible label, in a line of controls; `label` names it for screen readers. */
export function Select({
  label,
  children,
  ...select
}: { label: string } & SelectHTMLAttributes<HTMLSelectElement>) {
  return (
    <select
      {...select}
      aria-label={label}
      className="touch h-8 max-w-full rounded-md border border-line-strong bg-surface pr-7 pl-2.5 text-sm text-ink hover:border-line-control"
    >
      {children}
    </select>
  );
}

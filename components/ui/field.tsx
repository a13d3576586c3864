'use client';

import { clsx } from 'clsx';
import {
  type InputEvent,
  type InputHTMLAttributes,
  type ReactNode,
  type SelectHTMLAttributes,
  type TextareaHTMLAttributes,
  useId,
  useState,
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

type TextControl = HTMLInputElement | HTMLTextAreaElement;

/**
 * A limit on a text that says so. The browser's own `maxLength` cuts what is pasted without a word: here a longer text
 * stays, is called too long, and holds back the form that would send it.
 */
function useLimit(maxLength: number | undefined) {
  const [excess, setExcess] = useState(0);
  const tooLong =
    excess > 0 && maxLength !== undefined
      ? `At most ${maxLength.toLocaleString('en')} characters: this is ${excess.toLocaleString('en')} too long.`
      : null;
  const onInput = ({ currentTarget: control }: InputEvent<TextControl>) => {
    if (maxLength === undefined) return;
    const over = Math.max(0, control.value.length - maxLength);
    control.setCustomValidity(over > 0 ? `At most ${maxLength.toLocaleString('en')} characters.` : '');
    setExcess(over);
  };
  return { tooLong, onInput };
}

/** A line of text. */
export function TextField({
  label,
  hint,
  error,
  optional,
  maxLength,
  ...input
}: FieldFrame & InputHTMLAttributes<HTMLInputElement>) {
  const id = useId();
  const { tooLong, onInput } = useLimit(maxLength);
  const frame = { label, hint, error: tooLong ?? error, optional };
  return (
    <Frame id={id} {...frame}>
      <input
        {...input}
        {...controlProps(id, frame)}
        onInput={onInput}
        className={controlClass(frame.error, 'touch h-8')}
      />
    </Frame>
  );
}

/** Several lines of text. */
export function TextArea({
  label,
  hint,
  error,
  optional,
  maxLength,
  ...input
}: FieldFrame & TextareaHTMLAttributes<HTMLTextAreaElement>) {
  const id = useId();
  const { tooLong, onInput } = useLimit(maxLength);
  const frame = { label, hint, error: tooLong ?? error, optional };
  return (
    <Frame id={id} {...frame}>
      <textarea
        rows={3}
        {...input}
        {...controlProps(id, frame)}
        onInput={onInput}
        className={controlClass(frame.error, 'py-1.5')}
      />
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
  maxLength,
  className,
  ...input
}: { label: string; invalid?: boolean } & InputHTMLAttributes<HTMLInputElement>) {
  const id = useId();
  const { tooLong, onInput } = useLimit(maxLength);
  const isWrong = invalid || tooLong !== null;
  return (
    <>
      <input
        {...input}
        aria-label={label}
        aria-invalid={isWrong || undefined}
        aria-describedby={tooLong === null ? undefined : id}
        onInput={onInput}
        className={clsx(controlClass(isWrong ? label : null, 'touch h-8 min-w-0'), className)}
      />
      {tooLong !== null && (
        <span id={id} role="alert" className="block basis-full text-xs text-critical-text">
          {tooLong}
        </span>
      )}
    </>
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

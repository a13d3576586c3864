import { clsx } from 'clsx';

/** On or off, at once. `label` names it for screen readers. */
export function Switch(props: {
  label: string;
  checked: boolean;
  disabledReason?: string | null;
  onChange: (checked: boolean) => void;
}) {
  const { label, checked, disabledReason = null, onChange } = props;
  return (
    <button
      type="button"
      role="switch"
      aria-checked={checked}
      aria-label={label}
      aria-disabled={disabledReason !== null || undefined}
      title={disabledReason ?? undefined}
      onClick={() => disabledReason === null && onChange(!checked)}
      className={clsx(
        'touch inline-flex items-center justify-center rounded-full',
        disabledReason !== null && 'cursor-not-allowed opacity-55',
      )}
    >
      <span
        className={clsx(
          'inline-flex h-5 w-9 items-center rounded-full border px-0.5 transition-colors duration-100',
          checked ? 'justify-end border-ink bg-ink' : 'justify-start border-line-control bg-sunken',
        )}
      >
        <span className={clsx('size-3.5 rounded-full', checked ? 'bg-surface' : 'bg-faint')} />
      </span>
    </button>
  );
}

'use client';

import { clsx } from 'clsx';
import { Check, CloudOff } from 'lucide-react';
import { Button } from '#components/ui/button.tsx';
import type { ButtonVariant } from '#components/ui/button-class.ts';
import { Icon } from '#components/ui/icon.tsx';
import type { AckState } from './ack-marks.ts';

interface AcknowledgeButtonProps {
  /** What is acknowledged, for who can't see it. */
  name: string;
  state: AckState | null;
  /** Why this person may not; null when they may. */
  refusal: string | null;
  variant?: ButtonVariant;
  className?: string;
  onAcknowledge: () => void;
}

/** One tap; says that it is not acknowledged yet until the server has confirmed it (alerting S100). */
export function AcknowledgeButton(props: AcknowledgeButtonProps) {
  const { name, state, refusal, variant = 'secondary', className, onAcknowledge } = props;
  if (state === 'done')
    return (
      <span className={clsx('touch inline-flex items-center gap-1.5 text-sm text-ok-text', className)}>
        <Icon of={Check} /> Acknowledged
      </span>
    );
  if (state === 'waiting')
    return (
      <Button
        icon={CloudOff}
        className={clsx('border-dashed text-warning-text', className)}
        onClick={onAcknowledge}
        aria-label={`${name} is not yet acknowledged: no connection. Try again`}
      >
        Not yet acknowledged
      </Button>
    );
  return (
    <Button
      variant={variant}
      icon={Check}
      className={className}
      pending={state === 'sending'}
      disabledReason={refusal}
      aria-label={`Acknowledge ${name}`}
      onClick={onAcknowledge}
    >
      {state === 'sending' ? 'Acknowledging' : 'Acknowledge'}
    </Button>
  );
}

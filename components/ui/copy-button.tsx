'use client';

import { Check, Copy } from 'lucide-react';
import { useState } from 'react';
import { Button } from './button.tsx';

/** Copies a text; says so in place for two seconds. Without a secure context it selects nothing and says why. */
export function CopyButton({ text, label = 'Copy' }: { text: string; label?: string }) {
  const [state, setState] = useState<'idle' | 'copied' | 'refused'>('idle');
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setState('copied');
    } catch {
      setState('refused');
    }
    setTimeout(() => setState('idle'), 2000);
  };
  const words = { idle: label, copied: 'Copied', refused: 'Copying is blocked' }[state];
  return (
    <Button size="sm" variant="secondary" icon={state === 'copied' ? Check : Copy} onClick={copy}>
      <span aria-live="polite">{words}</span>
    </Button>
  );
}

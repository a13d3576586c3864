'use client';

import { useState } from 'react';
import type { RuleDefinition } from '#lib/model/alert-rule-schema.ts';
import { PreviewPanel } from './preview-panel.tsx';
import { type PreviewHours, usePreview } from './use-preview.ts';

/** The rule as it is now, held against the past. */
export function RulePast({ name, definition }: { name: string; definition: RuleDefinition }) {
  const [hours, setHours] = useState<PreviewHours>(24);
  const state = usePreview(name, definition, hours, true);
  return <PreviewPanel definition={definition} state={state} hours={hours} onHours={setHours} />;
}

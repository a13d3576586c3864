'use client';

import { useState, useTransition } from 'react';
import { type Appearance, DENSITIES } from '#components/ui/appearance.ts';
import { Card } from '#components/ui/card.tsx';
import { Segmented } from '#components/ui/segmented.tsx';
import { THEMES } from '#lib/model/appearance.ts';

const THEME_LABELS = { system: 'System', light: 'Light', dark: 'Dark' };
const DENSITY_LABELS = { comfortable: 'Comfortable', compact: 'Compact' };

/** Theme and density; shown at once, kept by `save` for the next page. */
export function AppearanceForm({
  initial,
  save,
}: {
  initial: Appearance;
  save: (appearance: Appearance) => Promise<void>;
}) {
  const [appearance, setAppearance] = useState(initial);
  const [, startTransition] = useTransition();
  const change = (next: Appearance) => {
    setAppearance(next);
    const { dataset } = document.documentElement;
    if (next.theme === 'system') delete dataset.theme;
    else dataset.theme = next.theme;
    dataset.density = next.density;
    startTransition(() => save(next));
  };
  return (
    <Card className="max-w-2xl" label="Appearance">
      <Row
        title="Theme"
        text="System follows your device. More contrast does too, where the device asks for it."
      >
        <Segmented
          label="Theme"
          value={appearance.theme}
          options={THEMES.map((value) => ({ value, label: THEME_LABELS[value] }))}
          onChange={(theme) => change({ ...appearance, theme })}
        />
      </Row>
      <Row title="Density" text="Compact shows more rows of a list at once.">
        <Segmented
          label="Density"
          value={appearance.density}
          options={DENSITIES.map((value) => ({ value, label: DENSITY_LABELS[value] }))}
          onChange={(density) => change({ ...appearance, density })}
        />
      </Row>
    </Card>
  );
}

function Row({ title, text, children }: { title: string; text: string; children: React.ReactNode }) {
  return (
    <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2 border-t border-line px-4 py-3 first:border-t-0">
      <div className="min-w-0 flex-1 basis-60">
        <p className="text-sm font-medium">{title}</p>
        <p className="text-xs text-muted">{text}</p>
      </div>
      {children}
    </div>
  );
}

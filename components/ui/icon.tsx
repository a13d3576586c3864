import type { LucideIcon } from 'lucide-react';

/**
 * The design system: small parts that every page is made of. They know looks and words, no data
 * sources; whatever acts arrives as a property. Nothing outside this room writes colours or sizes.
 *
 * This file draws icons of the one set; beside text they are decoration, alone they carry a name.
 */
export function Icon({
  of: Glyph,
  label,
  size = 16,
}: {
  of: LucideIcon;
  label?: string;
  size?: 14 | 16 | 20;
}) {
  return (
    <Glyph
      size={size}
      strokeWidth={1.75}
      className="shrink-0"
      {...(label === undefined ? { 'aria-hidden': true } : { role: 'img', 'aria-label': label })}
    />
  );
}

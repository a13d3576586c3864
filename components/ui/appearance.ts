import { z } from 'zod';
import { THEMES } from '#lib/model/appearance.ts';

/** Theme and density, kept in one cookie each: the server renders them, so nothing flashes. */
export const DENSITIES = ['comfortable', 'compact'] as const;

export const appearanceSchema = z.strictObject({
  theme: z.enum(THEMES).catch('system'),
  density: z.enum(DENSITIES).catch('comfortable'),
});
export type Appearance = z.infer<typeof appearanceSchema>;

export const APPEARANCE_COOKIE = 'pitwall-appearance';

/** Reads the cookie's value, `theme.density`; anything else is the default. */
export function readAppearance(value: string | undefined): Appearance {
  const [theme, density] = (value ?? '').split('.');
  return appearanceSchema.parse({ theme, density });
}

export function writeAppearance(appearance: Appearance): string {
  return `${appearance.theme}.${appearance.density}`;
}

import { z } from 'zod';
import { defineCommand } from '#lib/command/define-command.ts';
import { FEATURE_FLAGS } from '#lib/model/installation-settings.ts';
import { flagsOver, flagsSchema, limitsOver, limitsSchema } from './sections.ts';
import { environmentOf, readSection, writeSection } from './stored-section.ts';

const seen = z.int32().min(0);

/** What was set here so far, with the given values over it; null takes a value back to the environment's. */
function changed(stored: object | null, given: object): Record<string, unknown> {
  const entries = Object.entries({ ...stored, ...given });
  return Object.fromEntries(entries.filter(([, value]) => value !== null && value !== undefined));
}

/** Switches features on and off, or leaves them to the environment again; every process follows within 5 s. */
export const setFeatureFlags = defineCommand({
  name: 'settings.set-feature-flags',
  permission: 'installation:update',
  input: z.strictObject({ flags: z.partialRecord(z.enum(FEATURE_FLAGS), z.boolean().nullable()), seen }),
  audit: { action: 'settings.set-feature-flags', target: 'installation' },
  async run({ input: { flags, seen }, actor, tx, now, deps, announce }) {
    const environment = environmentOf(deps).features;
    const { value: stored } = await readSection(tx, 'feature-flags');
    const value = flagsSchema.parse(changed(stored, flags));
    const version = await writeSection(tx, { section: 'feature-flags', value, seen, actor, now });
    announce({ type: 'settings.changed' });
    const after = flagsOver(environment, value);
    return {
      result: { version, values: after },
      targetId: 'feature-flags',
      before: flagsOver(environment, stored ?? {}),
      after,
    };
  },
});

const limits = z.strictObject(
  Object.fromEntries(
    Object.entries(limitsSchema.shape).map(([name, schema]) => [name, schema.nullable()]),
  ) as { [K in keyof typeof limitsSchema.shape]: z.ZodNullable<(typeof limitsSchema.shape)[K]> },
);

/** Changes rate limits, or leaves them to the environment again; what was used of a budget still counts. */
export const setRateLimits = defineCommand({
  name: 'settings.set-rate-limits',
  permission: 'installation:update',
  input: z.strictObject({ limits, seen }),
  audit: { action: 'settings.set-rate-limits', target: 'installation' },
  async run({ input: { limits, seen }, actor, tx, now, deps, announce }) {
    const environment = environmentOf(deps).rateLimits;
    const { value: stored } = await readSection(tx, 'rate-limits');
    const value = limitsSchema.parse(changed(stored, limits));
    const version = await writeSection(tx, { section: 'rate-limits', value, seen, actor, now });
    announce({ type: 'settings.changed' });
    const after = limitsOver(environment, value);
    return {
      result: { version, values: after },
      targetId: 'rate-limits',
      before: limitsOver(environment, stored ?? {}),
      after,
    };
  },
});

import { z } from 'zod';
import { defineQuery } from '#lib/command/define-query.ts';
import type {
  FeatureFlag,
  FeatureFlags,
  MailServerView,
  RateLimit,
  RateLimits,
  ValuesView,
} from '#lib/model/installation-settings.ts';
import { shownServer } from './mail-server.ts';
import { flagsOver, flagsSchema, limitsOver, limitsSchema, storedServer } from './sections.ts';
import { environmentOf, readSection } from './stored-section.ts';

export const getFeatureFlags = defineQuery({
  name: 'settings.feature-flags',
  permission: 'installation:read',
  input: z.strictObject({}),
  run: async ({ db, deps }): Promise<ValuesView<FeatureFlags>> => {
    const environment = environmentOf(deps).features;
    const { value, state } = await readSection(db, 'feature-flags');
    const setHere = Object.keys(flagsSchema.parse(value ?? {})) as FeatureFlag[];
    return { ...state, values: flagsOver(environment, value ?? {}), environment, setHere };
  },
});

export const getRateLimits = defineQuery({
  name: 'settings.rate-limits',
  permission: 'installation:read',
  input: z.strictObject({}),
  run: async ({ db, deps }): Promise<ValuesView<RateLimits>> => {
    const environment = environmentOf(deps).rateLimits;
    const { value, state } = await readSection(db, 'rate-limits');
    const setHere = Object.keys(limitsSchema.parse(value ?? {})) as RateLimit[];
    return { ...state, values: limitsOver(environment, value ?? {}), environment, setHere };
  },
});

/** The mail server without its password. */
export const getMailServer = defineQuery({
  name: 'settings.mail-server',
  permission: 'installation:read',
  input: z.strictObject({}),
  run: async ({ db, deps }): Promise<MailServerView> => {
    const { mailServer } = environmentOf(deps);
    const environment = mailServer && shownServer(mailServer);
    const { value, state } = await readSection(db, 'mail-server');
    const stored = value && storedServer(value);
    return {
      ...state,
      server: stored ? shownServer(stored) : environment,
      environment,
      isSetHere: stored !== null,
    };
  },
});

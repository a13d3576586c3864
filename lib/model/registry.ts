import { z } from 'zod';
import { imagePlace } from './image-host.ts';

/** Registries of images: how a team reads those that do not show their images to everybody. */

const host = z
  .string()
  .trim()
  .toLowerCase()
  .max(300)
  .regex(/^[a-z0-9]+([.-][a-z0-9]+)*(:\d{1,5})?$/, 'Write the host only, as in registry.example.com:5000.')
  .refine(
    (text) => /[.:]/.test(text) || text === 'localhost',
    'No image begins with this: it needs a dot or a port.',
  )
  .transform((text) => imagePlace(`${text}/image`).host)
  .describe('As the names of its images begin; docker.io for Docker Hub');

const login = z
  .strictObject({
    username: z
      .string()
      .trim()
      .min(1, 'Give the user name.')
      .max(200)
      .regex(/^[^:\p{Cc}]+$/u, 'A user name holds no colon.'),
    secret: z
      .string()
      .min(1, 'Give the password or token.')
      .max(4000)
      .regex(/^[\x20-\x7e]+$/, 'Passwords of registries are plain ASCII.'),
  })
  .nullable()
  .describe('Password or access token with the right to read; never shown again. Null: asked as anybody');

const ca = z
  .string()
  .trim()
  .max(64_000)
  .regex(
    /^-----BEGIN CERTIFICATE-----[\sA-Za-z0-9+/=-]+-----END CERTIFICATE-----$/,
    'This is no certificate in PEM form.',
  )
  .nullable()
  .default(null)
  .describe('PEM of the authority that vouches for it, beside the usual ones');

export const connectRegistrySchema = z
  .strictObject({ host, login: login.default(null), ca })
  .refine(({ login: given, ca: authority }) => given !== null || authority !== null, {
    path: ['login'],
    message: 'A registry that anybody reads needs nothing here.',
  });
/** As it is typed. */
export interface RegistryLogin {
  username: string;
  secret: string;
}
export type NewRegistry = z.input<typeof connectRegistrySchema>;

/** Login and authority anew; what is left out stays. The host stays too: no login goes to another address. */
export const updateRegistrySchema = z.strictObject({
  id: z.uuid(),
  login: login.optional(),
  ca: ca.removeDefault().optional(),
});

const registryViewSchema = z.object({
  id: z.uuid(),
  host: z.string(),
  username: z.string().nullable().describe('Null: it is asked as anybody'),
  hasCa: z.boolean(),
  updatedAt: z.int(),
});
export type RegistryView = z.infer<typeof registryViewSchema>;

export const registryBodies = { RegistryList: z.object({ items: z.array(registryViewSchema) }) };

import { z } from 'zod';

/** What a browser sends of an authenticator's answer, as @simplewebauthn/browser writes it. */
const bytes = z
  .string()
  .max(20_000)
  .regex(/^[A-Za-z0-9_-]*$/);
const head = {
  id: bytes,
  rawId: bytes,
  type: z.literal('public-key'),
  authenticatorAttachment: z.enum(['platform', 'cross-platform']).optional(),
  /** Differs from browser to browser; nothing of it is kept. */
  clientExtensionResults: z.custom<object>((given) => typeof given === 'object' && given !== null),
};

export const registrationResponseSchema = z.strictObject({
  ...head,
  response: z.strictObject({
    clientDataJSON: bytes,
    attestationObject: bytes,
    authenticatorData: bytes.optional(),
    transports: z.array(z.string().max(30)).max(10).optional(),
    publicKeyAlgorithm: z.int().optional(),
    publicKey: bytes.optional(),
  }),
});
export type RegistrationResponse = z.infer<typeof registrationResponseSchema>;

export const assertionResponseSchema = z.strictObject({
  ...head,
  response: z.strictObject({
    clientDataJSON: bytes,
    authenticatorData: bytes,
    signature: bytes,
    userHandle: bytes.optional(),
  }),
});
export type AssertionResponse = z.infer<typeof assertionResponseSchema>;

export const passkeyName = z.string().trim().min(1, 'Give it a name.').max(80);

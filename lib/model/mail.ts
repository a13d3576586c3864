import { z } from 'zod';
import { mailAddress } from './notification-channel.ts';

/** A mail to one person. Fields of its head hold no line breaks, so that nobody adds a field of their own (security O9). */
export const mailSchema = z.strictObject({
  to: mailAddress,
  subject: z
    .string()
    .min(1)
    .max(200)
    .regex(/^[^\p{Cc}\p{Zl}\p{Zp}]*$/u, 'A subject is one line.'),
  text: z.string().min(1).max(20_000),
});
export type Mail = z.infer<typeof mailSchema>;

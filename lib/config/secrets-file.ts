import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const secretsSchema = z.object({ secretKey: z.string().min(32), serverActionsKey: z.string().min(32) });
type Secrets = z.infer<typeof secretsSchema>;

/**
 * Secrets for development, made once into `DATA_DIR/secrets.json` (mode 0600). The exclusive create
 * lets several processes start at once: the first one's secrets count for all.
 */
export function developmentSecrets(dataDir: string): Secrets {
  const file = join(dataDir, 'secrets.json');
  const fresh: Secrets = {
    secretKey: randomBytes(32).toString('base64url'),
    serverActionsKey: randomBytes(32).toString('base64'),
  };
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  try {
    writeFileSync(file, `${JSON.stringify(fresh, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
    return fresh;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  return secretsSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
}

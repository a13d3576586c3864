import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';

const secretsSchema = z.object({ secretKey: z.string().min(32), serverActionsKey: z.string().min(32) });
type Secrets = z.infer<typeof secretsSchema>;

const vapidSchema = z.object({ publicKey: z.string().length(87), privateKey: z.string().length(43) });
type VapidKeys = z.infer<typeof vapidSchema>;

/** Makes a value once for all processes that start at once: the first one's counts. The file is for the owner only. */
function madeOnce<T>(file: string, schema: z.ZodType<T>, make: () => T): T {
  const fresh = make();
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  try {
    writeFileSync(file, `${JSON.stringify(fresh, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
    return fresh;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  return schema.parse(JSON.parse(readFileSync(file, 'utf8')));
}

/** Secrets for development, made once into `DATA_DIR/secrets.json`. */
export function developmentSecrets(dataDir: string): Secrets {
  return madeOnce(join(dataDir, 'secrets.json'), secretsSchema, () => ({
    secretKey: randomBytes(32).toString('base64url'),
    serverActionsKey: randomBytes(32).toString('base64'),
  }));
}

/** A P-256 pair as browsers and push services want it: an uncompressed point and a scalar, base64url. */
function makeVapidKeys(): VapidKeys {
  const {
    x = '',
    y = '',
    d = '',
  } = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({
    format: 'jwk',
  });
  const point = Buffer.concat([Buffer.of(4), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]);
  return { publicKey: point.toString('base64url'), privateKey: d };
}

/** The pair that web push is signed with in development, made once into `DATA_DIR/vapid.json`. */
export function developmentVapidKeys(dataDir: string): VapidKeys {
  return madeOnce(join(dataDir, 'vapid.json'), vapidSchema, makeVapidKeys);
}

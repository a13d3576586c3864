import type { Db } from '#db/client.ts';
import type { Sealer } from '#lib/command/context.ts';
import type { Config } from '#lib/config/config.ts';
import { createOciRegistry } from '#lib/ports/registry/oci/oci-registry.ts';
import { createImageSource, type ImageSource } from '#lib/registries/image-source.ts';

/** What tags of images stand for, asked as the configuration allows. */
export function makeImages(
  { app }: Pick<Config, 'app'>,
  { db, sealer }: { db: Db; sealer: Sealer },
): ImageSource {
  const registry = createOciRegistry({ policy: app.outbound, plainLoopback: app.isDevelopment });
  return createImageSource({ db, sealer, registry });
}

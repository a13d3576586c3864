import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';

/** Writes a file of the archive, compressed, and waits until it is on the disk. */
export async function writeArchive(dir: string, file: string, text: string): Promise<void> {
  const path = join(dir, file);
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const handle = await open(`${path}.part`, 'w', 0o600);
  try {
    await handle.writeFile(await promisify(gzip)(text));
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(`${path}.part`, path);
}

/** The text of a file of the archive. */
export async function readArchive(dir: string, file: string): Promise<string> {
  return (await promisify(gunzip)(await readFile(join(dir, file)))).toString();
}

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Unpacks Debian packages into a temporary folder without installing them, once a machine.
 *
 * @returns the folder that stands for `/`, or null where they can't be had; the reason is printed then
 */
export function debianPackages(names: readonly string[]): string | null {
  const root = join(tmpdir(), `pitwall-debian-${names.join('-')}`);
  if (existsSync(root)) return root;
  const work = mkdtempSync(join(tmpdir(), 'pitwall-debian-'));
  const unpacked = join(work, 'root');
  mkdirSync(unpacked);
  try {
    for (const name of names) {
      execFileSync('apt-get', ['download', name], { cwd: work, stdio: 'ignore' });
      const file = readdirSync(work).find((entry) => entry.startsWith(`${name}_`)) ?? '';
      execFileSync('dpkg-deb', ['-x', join(work, file), unpacked]);
    }
    renameSync(unpacked, root);
    return root;
  } catch (error) {
    if (existsSync(root)) return root;
    process.stdout.write(`not run: Debian gave no ${names.join(', ')} (${String(error)})\n`);
    return null;
  }
}

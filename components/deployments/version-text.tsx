import type { DeploymentRow } from '#lib/model/deployment.ts';
import { shortDigest } from '#lib/model/image-host.ts';

/** A version as it is named, with the beginning of its digest where that is known. */
export function VersionText({ version, digest }: Pick<DeploymentRow, 'version' | 'digest'>) {
  return (
    <span className="wrap-anywhere">
      {version}
      {digest !== null && (
        <span className="ml-1.5 font-mono text-xs font-normal text-muted" title={digest}>
          {shortDigest(digest)}
        </span>
      )}
    </span>
  );
}

import type { DeploymentRow } from '#lib/model/deployment.ts';

/** Hexadecimal digits of a digest that tell it from its like. */
const DIGITS = 12;

/** A version as it is named, with the beginning of its digest where that is known. */
export function VersionText({ version, digest }: Pick<DeploymentRow, 'version' | 'digest'>) {
  return (
    <span className="wrap-anywhere">
      {version}
      {digest !== null && (
        <span className="ml-1.5 font-mono text-xs font-normal text-muted" title={digest}>
          {digest.replace(/^sha256:/, '').slice(0, DIGITS)}
        </span>
      )}
    </span>
  );
}

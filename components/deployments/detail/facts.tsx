import Link from 'next/link';
import type { ReactNode } from 'react';
import { Card, CardHeader } from '#components/ui/card.tsx';
import { CodeBlock } from '#components/ui/code-block.tsx';
import { CopyButton } from '#components/ui/copy-button.tsx';
import { Moment } from '#components/ui/moment.tsx';
import type { DeploymentDetail, RunningImages as Running } from '#lib/model/deployment.ts';
import { isActive } from '#lib/model/deployment-status.ts';
import { formatPlural } from '#lib/model/format.ts';
import { shortDigest } from '#lib/model/image-host.ts';
import { paths } from '#lib/model/paths.ts';

const LINK = 'underline-offset-2 hover:underline';
const SHORT_SHA = 12;

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="min-w-0">
      <dt className="text-xs text-muted">{name}</dt>
      <dd className="wrap-anywhere">{children}</dd>
    </div>
  );
}

function Mono({ text }: { text: string }) {
  return (
    <span className="flex items-start gap-1">
      <span className="min-w-0 font-mono text-xs leading-5 wrap-anywhere">{text}</span>
      <CopyButton text={text} />
    </span>
  );
}

/** What exactly was deployed and where, for who looks closer. */
export function Facts({ deployment }: { deployment: DeploymentDetail }) {
  const { cluster, namespace, workload, container, image, version, digest, gitRef, source, running } =
    deployment;
  const { autoRollback, kind, status, startedAt, finishedAt } = deployment;
  return (
    <Card label="What and where">
      <CardHeader title="What and where" />
      <dl className="flex flex-col gap-2.5 px-4 pt-1 pb-4 text-sm">
        <Fact name="Image">
          <Mono text={`${image}:${version}`} />
        </Fact>
        {digest !== null && (
          <Fact name="Digest">
            <Mono text={digest} />
          </Fact>
        )}
        {running !== null && (
          <Fact name="What its pods run">
            <RunningImages running={running} digest={digest} />
          </Fact>
        )}
        {gitRef !== null && <Fact name="Git ref">{gitRef}</Fact>}
        {source !== null && (
          <Fact name="Commit">
            <Link href={paths.repository(source.repositoryId)} className={`font-mono text-xs ${LINK}`}>
              {source.sha.slice(0, SHORT_SHA)}
            </Link>
          </Fact>
        )}
        <Fact name="Cluster">
          <Link href={paths.cluster(cluster.id)} className={LINK}>
            {cluster.name}
          </Link>
        </Fact>
        <Fact name="Workload">
          {workload.kind} {workload.name} in {namespace}
        </Fact>
        <Fact name="Container">{container}</Fact>
        {startedAt !== null && (
          <Fact name="Begun">
            <Moment atMs={startedAt} />
          </Fact>
        )}
        {finishedAt !== null && (
          <Fact name="Ended">
            <Moment atMs={finishedAt} />
          </Fact>
        )}
        {kind === 'deploy' && isActive(status) && (
          <Fact name="If it fails">
            {autoRollback ? 'It is rolled back by itself, once.' : 'It stays until somebody decides.'}
          </Fact>
        )}
      </dl>
    </Card>
  );
}

/** Which images its pods run, and whether that is what was deployed (deployment S-68). */
function RunningImages({ running, digest }: { running: Running; digest: string | null }) {
  const { images, isDrifted } = running;
  return (
    <>
      {isDrifted === true && (
        <span className="block font-medium text-warning-text">Something else than was deployed</span>
      )}
      {images.map((image) => (
        <span key={image.digest} className="block">
          {formatPlural(image.pods, 'pod')}:{' '}
          {image.digest === null ? (
            <span className="text-muted">its node does not say</span>
          ) : image.digest === digest ? (
            'this digest'
          ) : (
            <span className="font-mono text-xs" title={image.digest}>
              {shortDigest(image.digest)}
            </span>
          )}
        </span>
      ))}
    </>
  );
}

/** The object as the cluster took it, and as it was before: put away until somebody wants to read it. */
export function Objects({ deployment }: { deployment: DeploymentDetail }) {
  const { manifest, previousManifest } = deployment;
  if (manifest === null && previousManifest === null) return null;
  return (
    <Card label="Objects">
      <div className="flex flex-col gap-1 px-4 py-3">
        {manifest !== null && <KeptObject title="The workload as it was applied" object={manifest} />}
        {previousManifest !== null && (
          <KeptObject title="The workload as it was before" object={previousManifest} />
        )}
      </div>
    </Card>
  );
}

function KeptObject({ title, object }: { title: string; object: Record<string, unknown> }) {
  return (
    <details className="min-w-0">
      <summary className="touch cursor-pointer py-1 text-sm font-medium">{title}</summary>
      <div className="py-1">
        <CodeBlock name="JSON" text={JSON.stringify(object, null, 2)} />
      </div>
    </details>
  );
}

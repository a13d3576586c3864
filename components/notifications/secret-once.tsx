import { CodeBlock } from '#components/ui/code-block.tsx';

/** A signing key, the one time that it is shown. */
export function SecretOnce({ secret }: { secret: string }) {
  return (
    <div role="status" className="flex flex-col gap-1.5 text-sm">
      <p>The signing key of this webhook. It is not shown again.</p>
      <CodeBlock name="Signing key" text={secret} />
    </div>
  );
}

import { CopyButton } from './copy-button.tsx';

/** Text to be copied as it stands: a name line with the copy button, then the lines; long ones wrap, what is copied has no breaks. */
export function CodeBlock({ name, text }: { name: string; text: string }) {
  return (
    <figure className="min-w-0 overflow-hidden rounded-lg border border-line bg-sunken">
      <figcaption className="flex items-center justify-between gap-2 border-b border-line py-1.5 pr-1.5 pl-3">
        <span className="truncate font-mono text-xs text-muted">{name}</span>
        <CopyButton text={text} />
      </figcaption>
      <pre className="px-3 py-2.5 font-mono text-xs leading-5 wrap-anywhere whitespace-pre-wrap">
        <code>{text}</code>
      </pre>
    </figure>
  );
}

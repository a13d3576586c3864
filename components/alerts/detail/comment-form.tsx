'use client';

import { type FormEvent, useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { TextArea } from '#components/ui/field.tsx';
import type { Answering } from './alert-acts.tsx';

/** A line into the timeline, for who comes after. */
export function CommentForm({ acts, refusals }: Answering) {
  const [text, setText] = useState('');
  if (refusals.comment !== null) return null;
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (text.trim() === '') return;
    if (await acts.act({ act: 'comment', body: { text: text.trim() } })) setText('');
  };
  // On phones the bar of acts stands above the edge: whoever comes to write sees the button as well.
  return (
    <form onSubmit={submit} className="flex flex-col gap-2 px-4 pb-2 max-md:[&_textarea]:scroll-mb-16">
      <TextArea
        label="Comment"
        rows={2}
        maxLength={2000}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <div className="flex justify-end">
        <Button type="submit" pending={acts.pending === 'comment'}>
          Add comment
        </Button>
      </div>
    </form>
  );
}

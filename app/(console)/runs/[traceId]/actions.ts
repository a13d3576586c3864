'use server';

import { readRunContent } from '#lib/content/read-content.ts';
import { asking } from '#lib/web/action.ts';

export const readContent = asking(readRunContent);

/** Loaded before another script (`node --import`): ends it when the process that started it is gone, however it ended. */
import { whenParentEnds } from './parent.mjs';

whenParentEnds(() => process.exit(1));

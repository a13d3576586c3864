/** How containers of an image behave. Times are of the cluster's clock, counted from the pod's start. */
export type ContainerScript =
  /** Runs at once and is ready after a while (`Infinity`: never). */
  | { is: 'ready'; afterMs?: number; log?: readonly string[]; imageID?: string }
  /** Does not start: ErrImagePull, ImagePullBackOff, InvalidImageName, CreateContainerConfigError, ... */
  | { is: 'waiting'; reason: string; message?: string }
  /**
   * Ends again and again: once by the time the pod starts, then every `everyMs` (10 s). Between the crashes it
   * waits in CrashLoopBackOff, or with `isRunning` runs without being ready (deployment S-35).
   */
  | {
      is: 'crashing';
      exitCode?: number;
      /** Error, OOMKilled, ... */
      reason?: string;
      log?: readonly string[];
      restarts?: number;
      everyMs?: number;
      isRunning?: boolean;
    }
  /** No node takes the pod; the message is the scheduler's. */
  | { is: 'unschedulable'; message?: string };

const READY: ContainerScript = { is: 'ready' };

/** Which image behaves how; whatever is not told is ready at once. */
export class Scripts {
  #told: { image: string; script: ContainerScript }[] = [];

  /** Holds for running pods as well, from the next step on. `image` is whole or a part of the name. */
  tell(image: string, script: ContainerScript): void {
    this.#told = [...this.#told.filter((one) => one.image !== image), { image, script }];
  }

  of(image: string): ContainerScript {
    return this.#told.findLast((one) => image.includes(one.image))?.script ?? READY;
  }
}

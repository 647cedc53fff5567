// Owns what every long call takes beside its options: a signal that ends it and a callback that follows it.

/** One report of a long call. */
export type Progress = {
  /** What is being counted, such as `videos` or `steps`. */
  readonly unit: string;
  /** How many are done, from 0. */
  readonly done: number;
  /** How many there are in all, where it is known. */
  readonly total?: number;
  /** A few words on the last one, such as a file name or the loss. */
  readonly note?: string;
};

/** The second argument of every long call of the public interface. */
export type JobControls = {
  /** Ends the call early: it saves what it can and throws the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Called as the work goes on; must not throw. */
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  /** Called with a sentence when something happens that a person should know and that ends nothing; must not throw. */
  readonly onNotice?: ((sentence: string) => void) | undefined;
};

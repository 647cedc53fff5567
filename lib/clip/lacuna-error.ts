// Owns the one error class whose message is meant for a person: a sentence that says what is wrong, with which file or
// flag, and what to do. Knows nothing of who prints it.

/** `usage`: the caller asked for something that does not exist or fit (exit code 2); `input`: a file or folder was not what it must be (exit code 1). */
export type LacunaErrorKind = 'usage' | 'input';

/** An error whose message is a complete sentence for the person who made the call. */
export class LacunaError extends Error {
  /** What a caller would branch on. */
  readonly kind: LacunaErrorKind;

  constructor(kind: LacunaErrorKind, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'LacunaError';
    this.kind = kind;
  }
}

// Owns how something synchronous keeps a contract of promises. Knows nothing of what is done.

/** The result of `compute`, or what it threw, as a promise. */
export function settle<Result>(compute: () => Result): Promise<Result> {
  return new Promise((resolve) => {
    resolve(compute());
  });
}

// Owns the reading of a stream one item ahead of whoever uses it. Knows nothing of the items.

/** The same items; the next one is asked for before the one in hand is handed out. An error comes when its turn comes. */
export async function* oneAhead<Item>(items: AsyncGenerator<Item, void>): AsyncGenerator<Item, void> {
  const ask = () => {
    const asked = items.next();
    // Whoever waits for it hears of it; whoever leaves early does not have to.
    asked.catch(() => undefined);
    return asked;
  };
  let next = ask();
  try {
    for (;;) {
      const { value, done } = await next;
      if (done === true) return;
      next = ask();
      yield value;
    }
  } finally {
    await items.return();
  }
}

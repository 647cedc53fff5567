// Owns the question whether an optional package is here, answered while the suites are being declared.
import { createRequire } from 'node:module';

/** Whether one of the packages loads. */
export function isLoadable(...names: readonly string[]): boolean {
  const require = createRequire(import.meta.url);
  return names.some((name) => {
    try {
      require(name);
      return true;
    } catch {
      return false;
    }
  });
}

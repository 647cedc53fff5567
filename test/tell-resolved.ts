// Owns a module for Node's `--import` that tells which modules a program loads. Knows no program.

/** Prints the address of each module that is asked for, as Node resolves it. */
export const tellResolved = `data:text/javascript,${encodeURIComponent(`
  import { register } from 'node:module';
  register('data:text/javascript,' + encodeURIComponent(\`
    import { writeSync } from 'node:fs';
    export async function resolve(specifier, context, next) {
      const resolved = await next(specifier, context);
      writeSync(1, resolved.url.replaceAll('\\\\n', '') + '\\\\n');
      return resolved;
    }
  \`));
`)}`;

import { expect } from 'chai';
import { LacunaError } from '../../lib/clip/lacuna-error.js';
import { createCompiledCaches } from '../../lib/run/compiled-cache.js';
import { rejectionOf } from '../video/made-videos.js';

type Program = { readonly name: string; readonly release: () => Promise<void> };

/** Programs that say what became of them. */
function createCompiler() {
  const events: string[] = [];
  return {
    events,
    compile: (name: string) => (): Promise<Program> => {
      events.push(`compile ${name}`);
      return Promise.resolve({ name, release: () => Promise.resolve(void events.push(`release ${name}`)) });
    },
  };
}

describe('createCompiledCaches', () => {
  it('compiles each program once', async () => {
    const { events, compile } = createCompiler();
    const cached = createCompiledCaches().open<Program>();
    const first = await cached('a', compile('a'));
    expect((await cached('b', compile('b'))).name).to.equal('b');
    expect(await cached('a', compile('never'))).to.equal(first);
    expect(events).to.deep.equal(['compile a', 'compile b']);
  });

  it('releases the one that was not used for the longest time', async () => {
    const { events, compile } = createCompiler();
    const cached = createCompiledCaches().open<Program>(2);
    for (const name of ['a', 'b', 'a', 'c', 'a', 'b']) await cached(name, compile(name));
    expect(events).to.deep.equal(['compile a', 'compile b', 'release b', 'compile c', 'release c', 'compile b']);
  });

  it('keeps nothing of a compilation that failed, and what was there', async () => {
    const { events, compile } = createCompiler();
    const cached = createCompiledCaches().open<Program>(2);
    await cached('a', compile('a'));
    const broken = new Error('no such operation');
    expect(await rejectionOf(cached('b', () => Promise.reject(broken)))).to.equal(broken);
    expect((await cached('a', compile('never'))).name).to.equal('a');
    expect((await cached('b', compile('b'))).name).to.equal('b');
    expect(events).to.deep.equal(['compile a', 'compile b']);
  });

  it('releases all others, of other kinds too, for what is refused beside them', async () => {
    const { events, compile } = createCompiler();
    const caches = createCompiledCaches();
    const [steps, forwards] = [caches.open<Program>(), caches.open<Program>()];
    const large = () =>
      events.includes('release a')
        ? compile('large')()
        : Promise.reject(new LacunaError('input', 'it needs more memory than there is'));
    await steps('a', compile('a'));
    await forwards('b', compile('b'));
    expect((await forwards('large', large)).name).to.equal('large');
    expect(events).to.deep.equal(['compile a', 'compile b', 'release a', 'release b', 'compile large']);
    await steps('a', compile('a'));
    expect(events.at(-1)).to.equal('compile a');
  });

  it('says why where nothing is left to be released', async () => {
    const refused = new LacunaError('input', 'it needs more memory than there is');
    const cached = createCompiledCaches().open<Program>();
    expect(await rejectionOf(cached('a', () => Promise.reject(refused)))).to.equal(refused);
  });
});

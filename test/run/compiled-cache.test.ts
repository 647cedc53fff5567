import { expect } from 'chai';
import { createCompiledCache } from '../../lib/run/compiled-cache.js';
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

describe('createCompiledCache', () => {
  it('compiles each program once', async () => {
    const { events, compile } = createCompiler();
    const cached = createCompiledCache<Program>();
    const first = await cached('a', compile('a'));
    expect((await cached('b', compile('b'))).name).to.equal('b');
    expect(await cached('a', compile('never'))).to.equal(first);
    expect(events).to.deep.equal(['compile a', 'compile b']);
  });

  it('releases the one that was not used for the longest time', async () => {
    const { events, compile } = createCompiler();
    const cached = createCompiledCache<Program>(2);
    for (const name of ['a', 'b', 'a', 'c', 'a', 'b']) await cached(name, compile(name));
    expect(events).to.deep.equal(['compile a', 'compile b', 'compile c', 'release b', 'compile b', 'release c']);
  });

  it('keeps nothing of a compilation that failed', async () => {
    const { events, compile } = createCompiler();
    const cached = createCompiledCache<Program>(1);
    await cached('a', compile('a'));
    const broken = new Error('no such operation');
    expect(await rejectionOf(cached('b', () => Promise.reject(broken)))).to.equal(broken);
    expect((await cached('a', compile('never'))).name).to.equal('a');
    expect((await cached('b', compile('b'))).name).to.equal('b');
    expect(events).to.deep.equal(['compile a', 'compile b', 'release a']);
  });
});

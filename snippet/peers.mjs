// What the tag's files and its peers weigh, one a line: name, minified, gzip, brotli. Peers as npm has them, bundled and minified by the same tools.
import { build } from 'esbuild';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, gzipSync } from 'node:zlib';

const here = dirname(fileURLToPath(import.meta.url));
const PEERS = ['@plausible-analytics/tracker', 'swetrix', '@rybbit/js'];
const OURS = { 'tag.js (every page)': 'tag.js', 'forms.js (a page with a field)': 'forms.js', 'signs.js (a page with other programs)': 'signs.js', 'more.js (what seldom happens)': 'more.js', 'consent.js (optional)': 'consent.js' };

/** @param {string} name @param {Uint8Array} code */
const tell = (name, code) =>
  console.log([name, code.length, gzipSync(code, { level: 9 }).length, brotliCompressSync(code).length].join('\t'));

for (const [name, file] of Object.entries(OURS)) tell(name, readFileSync(join(here, '..', 'collector', 'ingest', file)));
for (const name of PEERS) {
  const { outputFiles } = await build({
    stdin: { contents: `export * from '${name}'`, resolveDir: here },
    bundle: true, format: 'esm', legalComments: 'none', minify: true, platform: 'browser', target: 'es2020', write: false,
  }); // prettier-ignore
  tell(`${name} ${JSON.parse(readFileSync(join(here, 'node_modules', name, 'package.json'), 'utf8')).version}`, outputFiles[0].contents);
}
